"""Upgrades a database to the newest schema: numbered migrations once each, views whenever they changed.

Workers run meanwhile. A change of a table needs an exclusive lock for a moment, and other sessions queue behind the one
that waits for it. So each step waits for its lock for two seconds only, lets the others pass, and tries again.
docs/operations.md has the rules for new migrations.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import psycopg2.errors
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script.base import Script
from alembic.script.revision import RevisionMap
from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from tenacity import RetryError, Retrying, retry_if_exception, stop_after_attempt, wait_fixed

from wirewatch.errors import WarehouseError, WarehouseUnavailable
from wirewatch.settings import ROOT
from wirewatch.warehouse.connection import Transaction, Warehouse
from wirewatch.warehouse.tending import make_months

MIGRATIONS = ROOT / "sql" / "migrations"
VIEWS = ROOT / "sql" / "views"
_LOCK = 7_206_151
"""Key of the advisory lock; any constant."""

LOCK_TIMEOUT_MS = 2_000
"""How long workers may queue behind a migration that waits for a lock."""

_PAUSE_S = 1.0
_TRIES = 120
_BUSY = (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected)

Result = TypeVar("Result")


def migrate(dsn: str, *, until: str | None = None) -> list[str]:
    """Applies missing migrations, re-creates views, creates monthly partitions; returns the applied migrations.

    `until` stops after the migration of that name and skips the rest: for tests of upgrades.
    Each migration is one transaction, so a killed run leaves either all of it or nothing.
    Raises WarehouseUnavailable without a connection, WarehouseError for errors of the database and when a table stays
    locked for minutes.
    """
    with Warehouse(dsn, application="wirewatch migrate") as locked, locked.transaction() as lock:
        lock.lock_migrations(key=_LOCK)
        with Warehouse(dsn, application="wirewatch migrate") as warehouse, warehouse.transaction() as rows:
            rows.adopt_migrations()
            rows.set_database_defaults()
        applied = _patiently(lambda: _apply(dsn, until))
        if until is None:
            _patiently(lambda: _create_views(dsn))
            _patiently(lambda: _make_partitions(dsn))
        return applied


def _patiently(step: Callable[[], Result]) -> Result:
    """Runs `step`; tries again while other sessions hold the locks it needs."""
    # A step that failed was rolled back as a whole; in the pause the sessions that queued behind it run.
    trying = Retrying(retry=retry_if_exception(_is_busy), wait=wait_fixed(_PAUSE_S), stop=stop_after_attempt(_TRIES))
    try:
        return trying(step)
    except RetryError:
        raise WarehouseError(
            f"a migration did not get an exclusive lock in {_TRIES} tries; find in pg_stat_activity the session "
            "whose transaction is oldest (xact_start), end it, and run the migration again"
        ) from None


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, _BUSY) or (isinstance(error, WarehouseUnavailable) and isinstance(error.__cause__, _BUSY))


def _apply(dsn: str, until: str | None) -> list[str]:
    """Runs the files that this database has not seen, each in a transaction of its own; returns their names."""
    files = [file for file in sorted(MIGRATIONS.glob("*.sql")) if until is None or file.stem <= until]
    applied: list[str] = []
    engine = create_engine(
        make_url(dsn).set(drivername="postgresql+psycopg2"),
        poolclass=NullPool,
        connect_args={"application_name": "wirewatch migrate"},
    )
    try:
        with engine.connect() as connection:
            revisions = RevisionMap(lambda: _revisions(files, connection, applied))
            context = MigrationContext.configure(
                connection,
                opts={
                    "transaction_per_migration": True,
                    "version_table": "schema_migration",  # Airflow may keep its own alembic_version in this database
                    "fn": lambda heads, _: _steps(revisions, heads, files),
                },
            )
            with context.begin_transaction():
                context.run_migrations()
    except SQLAlchemyError as error:
        raise _as_ours(error) from error
    finally:
        engine.dispose()
    return applied


def _revisions(files: Sequence[Path], connection: Connection, applied: list[str]) -> Iterator[Script]:
    """The files as alembic revisions: each follows the one before it."""
    for before, file in zip([None, *files], files, strict=False):
        module = ModuleType(file.stem)
        module.__dict__.update(
            revision=file.stem,
            down_revision=before and before.stem,
            upgrade=functools.update_wrapper(functools.partial(_run_file, file, connection, applied), _run_file),
        )
        yield Script(module, file.stem, str(file))


def _run_file(file: Path, connection: Connection, applied: list[str]) -> None:
    # A file has several statements, and its percent signs are not parameters.
    plain = connection.execution_options(no_parameters=True)
    plain.exec_driver_sql(f"set local lock_timeout = {LOCK_TIMEOUT_MS}")
    plain.exec_driver_sql(file.read_text(encoding="utf-8"))
    applied.append(file.stem)


def _steps(revisions: RevisionMap, heads: tuple[str, ...], files: Sequence[Path]) -> list[MigrationStep]:
    at = heads[0] if heads else None
    names = [file.stem for file in files]
    if at is not None and at not in names:
        if any(file.stem == at for file in MIGRATIONS.glob("*.sql")):
            return []  # a test asks for less than there is already
        raise WarehouseError(
            f"the database has migration {at}, which this version does not know; install the version that made it, "
            "or a newer one"
        )
    missing = reversed(list(revisions.iterate_revisions(names[-1], at, implicit_base=True)))
    return [MigrationStep.upgrade_from_script(revisions, script) for script in missing if isinstance(script, Script)]


def _as_ours(error: SQLAlchemyError) -> Exception:
    """The driver's error when a lock timed out, so that the step is tried again; else our own error."""
    cause = getattr(error, "orig", None)
    if isinstance(cause, _BUSY):
        return cause
    if isinstance(error, OperationalError):
        return WarehouseUnavailable(f"no connection to the warehouse: {cause}")
    return WarehouseError(f"a migration failed and was undone: {cause or error}")


def _create_views(dsn: str) -> None:
    """Drops and creates all views in one transaction, when their files changed."""
    texts = {file.stem: file.read_text(encoding="utf-8") for file in sorted(VIEWS.glob("*.sql"))}
    digest = hashlib.sha256("\n".join(texts.values()).encode()).hexdigest()
    with Warehouse(dsn, application="wirewatch migrate") as warehouse, warehouse.transaction() as rows:
        if rows.views_digest() == digest:
            return
        rows.limit_locks(milliseconds=str(LOCK_TIMEOUT_MS))
        for row in rows.view_drop_statements():
            rows.run_script(row.statement)
        for view in _in_order(texts):
            _create_view(rows, view, texts[view])
        rows.save_views_digest(digest=digest)


def _create_view(rows: Transaction, view: str, script: str) -> None:
    try:
        rows.run_script(script)
    except psycopg2.ProgrammingError as error:
        line = script.count("\n", 0, int(error.diag.statement_position or 1) - 1) + 1
        raise WarehouseError(f"sql/views/{view}.sql, line {line}: {error.diag.message_primary}") from None


def _make_partitions(dsn: str) -> None:
    """Creates monthly partitions before the first poll: rows in the default partition stay there."""
    with Warehouse(dsn, application="wirewatch migrate") as warehouse, warehouse.transaction() as rows:
        rows.limit_locks(milliseconds=str(LOCK_TIMEOUT_MS))
        make_months(rows)


def _in_order(texts: Mapping[str, str]) -> list[str]:
    """The names of the view files, each after those whose views it reads."""
    code = {view: re.sub(r"--.*|'(?:[^']|'')*'", "", text) for view, text in texts.items()}
    reads = {
        view: sorted(other for other in texts if other != view and re.search(rf"\bnews\.{other}\b", text))
        for view, text in code.items()
    }
    return list(TopologicalSorter(reads).static_order())
