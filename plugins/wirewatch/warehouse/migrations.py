"""Brings a database to the newest schema: numbered migrations once each, views every time they changed.

Workers go on meanwhile. A change of a table needs it alone for a moment, and whoever comes next waits behind who waits
for that: so each step waits for a lock for a few seconds only, lets the others through, and tries again.
docs/operations.md has the rules for new migrations.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from graphlib import TopologicalSorter
from typing import TypeVar
from urllib.parse import quote

import psycopg2.errors
from yoyo import get_backend, read_migrations

from wirewatch.errors import WarehouseError, WarehouseUnavailable
from wirewatch.settings import ROOT
from wirewatch.warehouse.connection import Warehouse
from wirewatch.warehouse.tending import make_months

MIGRATIONS = ROOT / "sql" / "migrations"
VIEWS = ROOT / "sql" / "views"
_LOCK = 7_206_151
"""Key of the advisory lock; any constant."""

LOCK_TIMEOUT_MS = 2_000
"""How long workers may stand behind a migration that waits."""

_PAUSE_S = 1.0
_TRIES = 120
_BUSY = (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected)

Result = TypeVar("Result")


def migrate(dsn: str, *, until: str | None = None) -> list[str]:
    """Applies what is missing, re-creates the views and makes the months of polls; returns the migrations it applied.

    `until` stops after the migration of that name and leaves the rest alone: for tests of upgrades.
    Each migration is one transaction, so a killed run leaves either all of it or nothing.
    Raises WarehouseUnavailable without a connection, WarehouseError for what the database refuses and when a table
    stays in use for minutes.
    """
    with Warehouse(dsn, application="wirewatch migrate") as guard:
        with guard.transaction() as rows:
            rows.lock_migrations(key=_LOCK)
        todo = _names_to_apply(dsn, until)
        _patiently(lambda: _apply(dsn, until))
        if until is None:
            _patiently(lambda: _create_views(dsn))
            _patiently(lambda: _make_partitions(dsn))
        return todo


def _patiently(step: Callable[[], Result]) -> Result:
    """Does `step`, again and again while others hold what it needs."""
    for _ in range(_TRIES):
        try:
            return step()
        except _BUSY:
            pass  # rolled back as a whole; those who stood behind it come first now
        except WarehouseUnavailable as error:
            if not isinstance(error.__cause__, _BUSY):
                raise
        time.sleep(_PAUSE_S)
    raise WarehouseError(
        f"a migration did not get its table for itself in {_TRIES} tries; look in pg_stat_activity for the session "
        "whose transaction is oldest (xact_start), end it, and run the migration again"
    )


def _names_to_apply(dsn: str, until: str | None) -> list[str]:
    backend = get_backend(dsn)
    try:
        return [migration.id for migration in _todo(backend, until)]
    finally:
        backend.connection.close()


def _todo(backend, until: str | None):
    todo = backend.to_apply(read_migrations(str(MIGRATIONS)))
    return todo if until is None else todo.filter(lambda migration: migration.id <= until)


def _apply(dsn: str, until: str | None) -> None:
    # In the address, since yoyo gives each migration a connection of its own.
    options = "options=" + quote(f"-c lock_timeout={LOCK_TIMEOUT_MS}")
    backend = get_backend(f"{dsn}{'&' if '?' in dsn else '?'}{options}")
    try:
        # yoyo's own lock is a row that outlives a killed migrator; ours does not, and it is already held.
        backend.break_lock()
        backend.apply_migrations(_todo(backend, until))
    finally:
        backend.connection.close()


def _create_views(dsn: str) -> None:
    """Drops and creates all views in one transaction, when their files differ from what the database has."""
    texts = {file.stem: file.read_text(encoding="utf-8") for file in sorted(VIEWS.glob("*.sql"))}
    digest = hashlib.sha256("\n".join(texts.values()).encode()).hexdigest()
    with Warehouse(dsn, application="wirewatch migrate") as warehouse, warehouse.transaction() as rows:
        if rows.views_digest() == digest:
            return
        rows.limit_locks(milliseconds=str(LOCK_TIMEOUT_MS))
        for row in rows.view_drop_statements():
            rows.run_script(row.statement)
        for view in _in_order(texts):
            rows.run_script(texts[view])
        rows.save_views_digest(digest=digest)


def _make_partitions(dsn: str) -> None:
    """Makes the months of polls before the first poll: a month that began in the default partition stays there."""
    with Warehouse(dsn, application="wirewatch migrate") as warehouse, warehouse.transaction() as rows:
        rows.limit_locks(milliseconds=str(LOCK_TIMEOUT_MS))
        make_months(rows)


def _in_order(texts: Mapping[str, str]) -> list[str]:
    """The names of view files in such an order that each comes after those whose views its statements read."""
    code = {view: re.sub(r"--.*|'(?:[^']|'')*'", "", text) for view, text in texts.items()}
    reads = {
        view: sorted(other for other in texts if other != view and re.search(rf"\bnews\.{other}\b", text))
        for view, text in code.items()
    }
    return list(TopologicalSorter(reads).static_order())
