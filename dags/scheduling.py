"""What the DAG files share: assets, defaults, and where the warehouse is. No logic of the pipeline lives here."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import pendulum
from airflow.sdk import Asset, BaseHook, conf, get_current_context
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException
from airflow.sdk.observability import stats
from callbacks import report_failure, report_start, report_success

from wirewatch.errors import ConfigurationError, FileProblems
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse

if TYPE_CHECKING:
    from wirewatch.alarms.sending import Round

log = logging.getLogger("wirewatch")

SHOWN = "{{ shown_as }}"
"""For `map_index_template`: what the task gives to `show_as`."""

_P = ParamSpec("_P")
_R = TypeVar("_R")

# Addresses that OpenLineage understands: `warehouse` stands for the server, whichever port it has.
ENTRIES = Asset(name="wirewatch_entries", uri="postgres://warehouse:5432/warehouse/ingest/entry")
ARTICLES = Asset(name="wirewatch_articles", uri="postgres://warehouse:5432/warehouse/news/article")
RULES = Asset(name="wirewatch_rules", uri="postgres://warehouse:5432/warehouse/news/topic_rules")
STORIES = Asset(name="wirewatch_stories", uri="postgres://warehouse:5432/warehouse/news/story")


def defaults(*, late_after: timedelta) -> dict[str, Any]:
    """Arguments that every DAG takes.

    One run at a time: a stage takes what is unprocessed from the tables, so runs side by side would only share the
    work of one. `late_after` is how long a run may take; the check `late_runs` tells of one that takes longer.
    Airflow's own deadlines are not used: in 3.3 a run with one can't be cleared in the UI (HTTP 500).
    """
    return {
        "start_date": pendulum.datetime(2026, 1, 1, tz="UTC"),
        "catchup": False,
        "max_active_runs": 1,
        "dagrun_timeout": 4 * late_after,
        "on_failure_callback": report_failure,
        "on_success_callback": report_success,
        "default_args": {
            "on_execute_callback": functools.partial(report_start, late_after=late_after),
            "retries": 3,
            "retry_delay": timedelta(seconds=10),
            "retry_exponential_backoff": 2.0,
            "max_retry_delay": timedelta(minutes=5),
        },
    }


@contextmanager
def warehouse() -> Iterator[Warehouse]:
    """The warehouse of the Airflow connection `warehouse`, whose role reads and writes rows."""
    with Warehouse(BaseHook.get_connection("warehouse").get_uri(), application="airflow") as opened:
        yield opened


@contextmanager
def owned_warehouse() -> Iterator[Warehouse]:
    """The warehouse of the connection `warehouse_owner`, for what only its owner may do (partitions, retention).

    Where there is none, `warehouse` is the owner's.
    """
    try:
        connection = BaseHook.get_connection("warehouse_owner")
    except AirflowNotFoundException:
        connection = BaseHook.get_connection("warehouse")
    with Warehouse(connection.get_uri(), application="airflow") as opened:
        yield opened


def settings() -> Settings:
    """This process's settings."""
    return Settings.load()


def show_as(name: str) -> None:
    """Names a mapped task in the UI, where its decorator has `map_index_template=SHOWN`."""
    cast("dict[str, object]", get_current_context())["shown_as"] = name


def this_run() -> Round | None:
    """The run that this task belongs to, for links to the UI; None where the UI's address is not configured."""
    from wirewatch.alarms.sending import Round

    ui = conf.get("api", "base_url", fallback="")
    context = get_current_context()
    return Round(ui, context["dag_run"].dag_id, context["dag_run"].run_id) if ui else None


def explained(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Shows an operator's mistake as the message alone, and fails at once: no retry corrects a file."""

    @functools.wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except (FileProblems, ConfigurationError) as error:
            log.error("%s", error)
            raise AirflowFailException(str(error)) from None

    return run


def counts(report: Any) -> dict[str, int]:
    """A stage's report as XCom may carry it; also the line that closes the task's log, and its metrics.

    `PollReport.entries_new` counts as `wirewatch.poll.entries_new` where Airflow's metrics are switched on.
    """
    numbers = {name: value for name, value in asdict(report).items() if isinstance(value, int)}
    stage = type(report).__name__.removesuffix("Report").lower()
    log.info("%s: %s", type(report).__name__, ", ".join(f"{name} {value}" for name, value in numbers.items()))
    for name, value in numbers.items():
        stats.incr(f"wirewatch.{stage}.{name}", value)
    return numbers


def total(reports: list[dict[str, int]]) -> dict[str, int]:
    """The sum of several tasks' counts, name by name."""
    sums: dict[str, int] = {}
    for report in reports:
        for name, value in report.items():
            sums[name] = sums.get(name, 0) + value
    return sums
