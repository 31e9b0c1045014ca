"""What Airflow calls when a run begins and ends: noted in ingest.run, from which the checks make alarms.

Each message says what to look at.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from wirewatch.errors import WarehouseError
from wirewatch.warehouse import Transaction, Warehouse

log = logging.getLogger("wirewatch")


def report_start(context: dict[str, Any], *, late_after: timedelta) -> None:
    """A task begins: notes when its run began, and that it is late after `late_after`."""
    run = context["dag_run"]
    if run.start_date is not None:
        late_at = run.start_date + late_after
        _note(
            run.dag_id,
            lambda rows: rows.note_run_start(
                dag_id=run.dag_id, run_id=run.run_id, started_at=run.start_date, late_at=late_at
            ),
        )


def report_success(context: dict[str, Any]) -> None:
    """A DAG run ended well: alarms about earlier ones close."""
    run = context["dag_run"]
    _note(run.dag_id, lambda rows: rows.note_run_end(dag_id=run.dag_id, run_id=run.run_id, failed=False))


def report_failure(context: dict[str, Any]) -> None:
    """A DAG run failed: Wirewatch itself needs help (a feed that is down is data, never a failed run)."""
    run = context["dag_run"]
    log.error(
        "%s failed: open its red task in the Airflow UI and read the last line of its log; no entry is lost, "
        "the next run takes up what is left. See docs/operations.md.",
        run.dag_id,
    )
    _note(run.dag_id, lambda rows: rows.note_run_end(dag_id=run.dag_id, run_id=run.run_id, failed=True))


def _note(dag_id: str, write: Callable[[Transaction], int]) -> None:
    from airflow.sdk import BaseHook

    try:
        with (
            Warehouse(BaseHook.get_connection("warehouse").get_uri(), application="airflow callback") as warehouse,
            warehouse.transaction() as rows,
        ):
            write(rows)
    except WarehouseError as error:
        log.error("a run of %s could not be noted: %s", dag_id, error)
