"""What Airflow calls when a run fails or is late. Each message says what to look at."""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger("wirewatch")


def report_failure(context: dict[str, Any]) -> None:
    """A DAG run failed: Wirewatch itself needs help (a feed that is down is data, never a failed run)."""
    run = context.get("dag_run")
    log.error(
        "%s failed: open its red task in the Airflow UI and read the last line of its log; no entry is lost, "
        "the next run takes up what is left. See docs/operations.md.",
        getattr(run, "dag_id", "a DAG"),
    )


def report_late(**kwargs: Any) -> None:
    """A DAG run missed its deadline."""
    run = (kwargs.get("context") or {}).get("dag_run")
    name = run.get("dag_id") if isinstance(run, dict) else getattr(run, "dag_id", None)
    log.error(
        "%s is late: look at its running task in the Airflow UI, and at `select * from news.ledger`. "
        "See docs/operations.md.",
        name or "A DAG run",
    )
