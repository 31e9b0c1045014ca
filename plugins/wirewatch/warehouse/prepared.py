"""Queries that a connection prepares once: parsing and planning is half of the cost of a short statement."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aiosql.types import SQLOperationType
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class in lower case
from psycopg2.extensions import cursor as Cursor  # noqa: N812

PREPARED = frozenset(
    {
        "begin_visit",
        "claim_entry",
        "end_visit",
        "finish_entries",
        "insert_article",
        "insert_version",
        "save_page",
    }
)
"""Queries that run once per page or article, and whose best plan does not depend on the parameters."""

_RESULT: Mapping[SQLOperationType, Callable[[Cursor], Any]] = {
    SQLOperationType.SELECT: lambda cursor: cursor.fetchall(),
    SQLOperationType.SELECT_ONE: lambda cursor: cursor.fetchone(),
    SQLOperationType.SELECT_VALUE: lambda cursor: next(iter(cursor.fetchone() or ()), None),
    SQLOperationType.INSERT_UPDATE_DELETE: lambda cursor: cursor.rowcount,
}


class PreparingConnection(Connection):
    """A connection that knows what it has prepared.

    Behind a pooler in transaction mode (PgBouncer), the next transaction may meet another session of the server, which
    has nothing prepared: there, queries run as they are.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepared: set[str] = set()
        self._pooled: bool | None = None
        """Whether the connection goes through a pooler; None until it is first needed."""

    def run(self, name: str, query: Any, parameters: Mapping[str, Any]) -> Any:
        """Runs `query` of sql/queries/, called `name`; the operator in its name decides what is returned."""
        prepare, execute = _statements(name, query.sql)
        with self.cursor() as cursor:
            if self._is_pooled(cursor):
                cursor.execute(query.sql, parameters)
                return _RESULT[query.operation](cursor)
            if name not in self._prepared:
                cursor.execute(prepare)
                # A rollback keeps the prepared statement.
                self._prepared.add(name)
            cursor.execute(execute, parameters)
            return _RESULT[query.operation](cursor)

    def _is_pooled(self, cursor: Cursor) -> bool:
        """A pooler gives its clients process ids of its own, not the server's."""
        if self._pooled is None:
            cursor.execute("select pg_backend_pid()")
            self._pooled = cursor.fetchone() != (self.info.backend_pid,)
        return self._pooled


@cache
def _statements(name: str, query: str) -> tuple[str, str]:
    """The PREPARE and EXECUTE statements of a query with parameters as `%(name)s`."""
    places: dict[str, int] = {}

    def place(match: re.Match[str]) -> str:
        return f"${places.setdefault(match[1], len(places) + 1)}"

    prepared = re.sub(r"%\((\w+)\)s", place, query).replace("%%", "%")
    return f"prepare {name} as {prepared}", f"execute {name} ({', '.join(f'%({name})s' for name in places)})"
