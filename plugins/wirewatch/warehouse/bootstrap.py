"""Roles and databases of a server that only Wirewatch uses. Needs the superuser, so it is not a migration."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg2
from psycopg2 import sql

from wirewatch.errors import WarehouseUnavailable

OWNERS = {"airflow": "airflow", "warehouse": "wirewatch"}
"""Database → the role that owns it."""

_READERS = ("pipeline", "analyst", "editor")
"""The other roles of the warehouse."""

_PEOPLE = ("analyst", "editor")
_CONNECTIONS = 12
"""Simultaneous connections of each role that people use; those of the pipeline are not counted."""
_LIMITS = {
    "statement_timeout": "15min",
    "idle_in_transaction_session_timeout": "5min",
    "transaction_timeout": "30min",
    "lock_timeout": "10s",
    "temp_file_limit": "2GB",
}
"""Limits of a session of people. They can't change temp_file_limit; a session that raises one of the others is ended
by the next round of checks."""

_NOT_FOR_PEOPLE = (
    r"^pg_(try_)?advisory_|^lo_|^lowrite$|^pg_notify$|^pg_(logical|create|drop|replication|sync)_|^pg_export_snapshot$"
    r"|^pg_(terminate|cancel)_backend$|^pg_switch_wal$|^pg_log_backend_memory_contexts$"
)
"""Functions that every role may call by default and that can block or fill the server."""


def make_databases(superuser_dsn: str, passwords: Mapping[str, str]) -> None:
    """Creates the roles and the databases they own, and sets the roles' passwords; safe to repeat.

    `passwords` are by role: `airflow` owns Airflow's metadata, `wirewatch` owns the warehouse, `pipeline`, `analyst`
    and `editor` may log in; the migrations grant their rights. Databases of roles that are not named are not created,
    since each may have its own server. Raises WarehouseUnavailable without a connection.
    """
    try:
        connection = psycopg2.connect(superuser_dsn, connect_timeout=10)
    except psycopg2.OperationalError as error:
        raise WarehouseUnavailable(f"no connection to Postgres as its superuser: {str(error).strip()}") from error
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("select rolname from pg_roles")
            known = {name for (name,) in cursor.fetchall()}
            for role, password in passwords.items():
                verb = sql.SQL("alter" if role in known else "create")
                login = sql.SQL("{} role {} login password {}")
                cursor.execute(login.format(verb, sql.Identifier(role), sql.Literal(password)))
            cursor.execute("select datname from pg_database")
            databases = {name for (name,) in cursor.fetchall()}
            for database, owner in OWNERS.items():
                if owner not in passwords:
                    continue
                name = sql.Identifier(database)
                if database not in databases:
                    cursor.execute(sql.SQL("create database {} owner {}").format(name, sql.Identifier(owner)))
                cursor.execute(sql.SQL("revoke all on database {} from public").format(name))
            if "wirewatch" in passwords:
                for role in sorted(set(_READERS) - known - set(passwords)):
                    # The role that runs the migrations may lack the right to create roles.
                    cursor.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
                cursor.execute("grant connect on database warehouse to pipeline, analyst, editor")
                cursor.execute("grant analyst to editor")
                cursor.execute("grant pg_signal_backend, pg_read_all_stats to wirewatch, pipeline")
                _limit_people(cursor)
    finally:
        connection.close()
    if "wirewatch" in passwords:
        _keep_functions_from_people(psycopg2.extensions.make_dsn(superuser_dsn, dbname="warehouse"))


def _limit_people(cursor: psycopg2.extensions.cursor) -> None:
    """Sets the limits of people's sessions, at each start: a role may have changed its own defaults."""
    cursor.execute("select name from pg_settings where name = any (%s)", (list(_LIMITS),))
    known = {name for (name,) in cursor.fetchall()}  # transaction_timeout is PostgreSQL 17's
    for role in _PEOPLE:
        name = sql.Identifier(role)
        cursor.execute(sql.SQL("alter role {} connection limit {}").format(name, sql.Literal(_CONNECTIONS)))
        for setting, value in ((setting, value) for setting, value in _LIMITS.items() if setting in known):
            change = sql.SQL("alter role {} set {} = {}")
            cursor.execute(change.format(name, sql.Identifier(setting), sql.Literal(value)))
            undo = sql.SQL("alter role {} in database warehouse reset {}")
            cursor.execute(undo.format(name, sql.Identifier(setting)))
    cursor.execute("revoke connect, temporary on database postgres, template1 from public")


def _keep_functions_from_people(warehouse_dsn: str) -> None:
    """Revokes functions from public and grants them to the roles of the pipeline."""
    connection = psycopg2.connect(warehouse_dsn, connect_timeout=10)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "select oid::regprocedure::text from pg_proc"
                " where pronamespace = 'pg_catalog'::regnamespace and prokind = 'f' and proname ~ %s",
                [_NOT_FOR_PEOPLE],
            )
            for (function,) in cursor.fetchall():
                # The name comes from the database, with its types.
                cursor.execute(sql.SQL("revoke execute on function {} from public").format(sql.SQL(function)))
                cursor.execute(sql.SQL("grant execute on function {} to wirewatch, pipeline").format(sql.SQL(function)))
    finally:
        connection.close()
