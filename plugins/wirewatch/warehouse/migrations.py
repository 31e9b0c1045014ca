"""Brings a database to the newest schema: numbered migrations once each, views every time they changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from graphlib import TopologicalSorter

from yoyo import get_backend, read_migrations

from wirewatch.settings import ROOT
from wirewatch.warehouse.connection import Transaction, Warehouse

MIGRATIONS = ROOT / "sql" / "migrations"
VIEWS = ROOT / "sql" / "views"
_LOCK = 7_206_151
"""Key of the advisory lock; any constant."""


def migrate(dsn: str, *, until: str | None = None) -> list[str]:
    """Applies what is missing and re-creates the views; returns the names of the migrations it applied.

    `until` stops after the migration of that name and leaves the views alone: for tests of upgrades.
    Each migration is one transaction, so a killed run leaves either all of it or nothing.
    Raises WarehouseUnavailable without a connection, WarehouseError for what the database refuses.
    """
    with Warehouse(dsn, application="wirewatch migrate") as guard:
        with guard.transaction() as rows:
            rows.lock_migrations(key=_LOCK)
        with guard.transaction() as rows:
            applied = _apply(dsn, until)
            if until is None:
                _create_views(rows)
        return applied


def _apply(dsn: str, until: str | None) -> list[str]:
    backend = get_backend(dsn)
    try:
        # yoyo's own lock is a row that outlives a killed migrator; ours does not, and it is already held.
        backend.break_lock()
        todo = backend.to_apply(read_migrations(str(MIGRATIONS)))
        if until is not None:
            todo = todo.filter(lambda migration: migration.id <= until)
        backend.apply_migrations(todo)
        return [migration.id for migration in todo]
    finally:
        backend.connection.close()


def _create_views(rows: Transaction) -> None:
    """Drops and creates all views in one transaction, when their files differ from what the database has."""
    texts = {file.stem: file.read_text(encoding="utf-8") for file in sorted(VIEWS.glob("*.sql"))}
    digest = hashlib.sha256("\n".join(texts.values()).encode()).hexdigest()
    if rows.views_digest() == digest:
        return
    for row in rows.view_drop_statements():
        rows.run_script(row.statement)
    for view in _in_order(texts):
        rows.run_script(texts[view])
    rows.save_views_digest(digest=digest)


def _in_order(texts: Mapping[str, str]) -> list[str]:
    """The names of view files in such an order that each comes after those whose views its statements read."""
    code = {view: re.sub(r"--.*|'(?:[^']|'')*'", "", text) for view, text in texts.items()}
    reads = {
        view: sorted(other for other in texts if other != view and re.search(rf"\bnews\.{other}\b", text))
        for view, text in code.items()
    }
    return list(TopologicalSorter(reads).static_order())
