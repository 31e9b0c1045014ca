"""Roles and databases of a server that is ours alone. Needs its superuser, so it is not a migration."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg2
from psycopg2 import sql

from wirewatch.errors import WarehouseUnavailable

OWNERS = {"airflow": "airflow", "warehouse": "wirewatch"}
"""Database → the role that owns it."""

_READERS = ("pipeline", "analyst", "editor")
"""The other roles of the warehouse."""


def make_databases(superuser_dsn: str, passwords: Mapping[str, str]) -> None:
    """Makes the roles and the databases they own, and sets the roles' passwords; harmless when they exist.

    `passwords` are by role: `airflow` owns Airflow's metadata, `wirewatch` owns the warehouse, `pipeline`, `analyst`
    and `editor` may log in; what they may read and write is the migrations' business. Databases of roles that are not
    named stay away, since each may have a server of its own. Raises WarehouseUnavailable when nobody answers.
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
                    # The migrations may be run by somebody who may make none.
                    cursor.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
                cursor.execute("grant connect on database warehouse to pipeline, analyst, editor")
                cursor.execute("grant analyst to editor")
    finally:
        connection.close()
