"""What Airflow calls when a run ends or is late: noted in ingest.run, from which the checks make alarms.

Each message says what to look at.
"""

from __future__ import annotations

import logging
from typing import Any

from wirewatch.errors import WarehouseError
from wirewatch.warehouse import Warehouse

log = logging.getLogger("wirewatch")


def report_success(context: dict[str, Any]) -> None:
    """A DAG run ended well: alarms about earlier ones close."""
    _note(_dag_id(context), succeeded=True)


def report_failure(context: dict[str, Any]) -> None:
    """A DAG run failed: Wirewatch itself needs help (a feed that is down is data, never a failed run)."""
    log.error(
        "%s failed: open its red task in the Airflow UI and read the last line of its log; no entry is lost, "
        "the next run takes up what is left. See docs/operations.md.",
        _dag_id(context) or "a DAG",
    )
    _note(_dag_id(context), failed=True)


def report_late(**kwargs: Any) -> None:
    """A DAG run missed its deadline."""
    dag_id = _dag_id(kwargs.get("context") or {})
    log.error(
        "%s is late: look at its running task in the Airflow UI, and at `select * from news.ledger`. "
        "See docs/operations.md.",
        dag_id or "A DAG run",
    )
    _note(dag_id, late=True)


def _dag_id(context: dict[str, Any]) -> str | None:
    # A deadline's context comes as plain dictionaries, a run's as objects.
    run = context.get("dag_run")
    return run.get("dag_id") if isinstance(run, dict) else getattr(run, "dag_id", None)


def _note(dag_id: str | None, *, succeeded: bool = False, failed: bool = False, late: bool = False) -> None:
    if dag_id is None:
        return
    from airflow.sdk import BaseHook

    try:
        with (
            Warehouse(BaseHook.get_connection("warehouse").get_uri(), application="airflow callback") as warehouse,
            warehouse.transaction() as rows,
        ):
            rows.note_run(dag_id=dag_id, succeeded=succeeded, failed=failed, late=late)
    except WarehouseError as error:
        log.error("how this run of %s ended could not be noted: %s", dag_id, error)
