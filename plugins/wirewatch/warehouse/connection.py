"""Connections, transactions, and the named queries bound to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import aiosql
import psycopg2
import psycopg2.errors
from aiosql.queries import Queries
from psycopg2 import sql
from psycopg2.extensions import STATUS_READY
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2 names its class in lower case
from psycopg2.extras import Json, NamedTupleCursor, execute_values
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_before_delay, wait_fixed

from wirewatch.errors import RefusedValues, WarehouseError, WarehouseUnavailable
from wirewatch.settings import ROOT
from wirewatch.warehouse.prepared import PREPARED, PreparingConnection

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import NamedQueries as _NamedQueries
else:
    _NamedQueries = object

QUERIES = ROOT / "sql" / "queries"
CHECKS = ROOT / "sql" / "checks"
_CHECK_TIMEOUT_MS = 120_000
"""A check that takes longer is cancelled, so that it does not delay the others."""
_SESSION = "-c timezone=UTC -c client_encoding=UTF8 -c random_page_cost=1.1"
"""The planner's default of 4 is for spinning disks. With it, the look-up of a copy among 5,000 articles reads all
fingerprints (42 ms) instead of the index (5 ms)."""

_REFUSED_VALUES = (
    psycopg2.DataError,
    psycopg2.IntegrityError,
    psycopg2.errors.ProgramLimitExceeded,
    psycopg2.errors.StatementTooComplex,
)
"""SQLSTATE classes 22, 23 and 54: out of range, constraint violated, too long for an index."""

_CLOCK_READ_EVERY_S = 60.0
"""The database's clock is read this often; in between, the time is advanced by the local monotonic clock."""

_LOOK_AGAIN_S = 1.0

_PAGE = 500
"""Rows that are written by one statement."""

json_value = Json
"""Wraps what goes into a jsonb column."""


@cache
def named_queries(source: Path = QUERIES) -> Queries:
    """All queries of `source`, a file or a folder, by name."""
    queries: Queries = aiosql.from_path(source, "psycopg2", encoding="utf-8")
    return queries


def _checks() -> Queries:
    return named_queries(CHECKS)


def named_checks() -> dict[str, str]:
    """The headers of the queries of sql/checks/, by name."""
    names = [name for name in _checks().available_queries if not name.endswith("_cursor")]
    return {name: getattr(_checks(), name).__doc__ for name in names}


class Transaction(_NamedQueries):
    """The named queries, bound to one open transaction.

    `transaction.claim_feeds(until=…, by=…)` runs the query of that name. Rows come as named tuples; the operator in
    the query's name decides whether that is all rows, one row, one value, or a count. A query with `values %s` takes
    rows instead, `transaction.save_entries([(…), (…)])`, and returns what its RETURNING gives.

    Parameters and rows have types, in rows.pyi: after a change of sql/queries, `make rows` writes them anew.
    """

    def __init__(self, connection: PreparingConnection, queries: Path = QUERIES) -> None:
        self._connection = connection
        self._queries = queries

    def using(self, queries: Path) -> Any:
        """The same with the queries of another file, which have no types: what demo, tests and benchmarks ask."""
        return Transaction(self._connection, queries)

    if not TYPE_CHECKING:  # a type checker is to know the queries of rows.pyi, and no others

        def __getattr__(self, name: str) -> Callable[..., Any]:
            query = getattr(named_queries(self._queries), name)

            def run(values: Iterable[Sequence[object]] | None = None, /, **parameters: Any) -> Any:
                if values is not None:
                    return self._write(query.sql, list(values))
                if name in PREPARED:
                    return self._connection.run(name, query, parameters)
                result = query(self._connection, **parameters)
                return list(result) if isinstance(result, Iterator) else result

            return run

    def _write(self, query: str, rows: list[Sequence[object]]) -> list[Any]:
        if not rows:
            return []
        returns = "returning" in query.lower()
        with self._connection.cursor() as cursor:
            found = execute_values(cursor, query, rows, page_size=_PAGE, fetch=returns)
        return found if returns else []

    def stream(self, name: str, *, names: Mapping[str, str], size: int, **parameters: Any) -> Iterator[list[Any]]:
        """The rows of the query `name` in batches of `size`, read through a server-side cursor.

        `names` replace the {…} of the query, quoted as identifiers.
        """
        identifiers = {key: sql.Identifier(value) for key, value in names.items() if value}
        query = sql.SQL(getattr(named_queries(self._queries), name).sql).format(**identifiers)
        with self._connection.cursor(name=name, cursor_factory=Cursor) as cursor:
            cursor.execute(query, parameters)
            while batch := cursor.fetchmany(size):
                yield batch

    def check(self, name: str, *, now: datetime) -> list[Any]:
        """What the query `name` of sql/checks/ finds at `now`."""
        self.limit_statements(milliseconds=str(_CHECK_TIMEOUT_MS))
        return list(getattr(_checks(), name)(self._connection, now=now))

    def select(self, statement: str) -> list[Any]:
        """The rows of a statement that a query generated, e.g. `table_digest_statements`."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def run_script(self, script: str) -> None:
        """Runs a file of statements without parameters: for views."""
        with self._connection.cursor() as cursor:
            cursor.execute(script)


class Warehouse:
    """One database, reached by a connection URI. Connects on first use; safe to use from one thread at a time."""

    def __init__(self, dsn: str, *, application: str = "wirewatch") -> None:
        self._dsn = dsn
        self._application = application
        self._connection: PreparingConnection | None = None
        self._clock: tuple[datetime, float] | None = None
        """The database's time, and the monotonic time at which it was read."""

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def dsn(self) -> str:
        """The connection URI with its password: never log it."""
        return self._dsn

    def now(self) -> datetime:
        """The current time of the database's clock, which all workers share for leases and schedules.

        The clock of a worker's machine may be wrong or jump. The database's is read once a minute; in between the
        monotonic clock, which never jumps, is added. Within an open transaction use `database_time`.
        """
        if self._clock is None or monotonic() - self._clock[1] > _CLOCK_READ_EVERY_S:
            with self.transaction() as rows:
                self._clock = rows.database_time(), monotonic()
        read, at = self._clock
        return read + timedelta(seconds=monotonic() - at)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction: committed at the end, rolled back on any exception.

        Raises WarehouseUnavailable when there is no connection or it breaks, RefusedValues for values that the
        database rejects, WarehouseError for its other errors.
        """
        connection = self._connect()
        if connection.status != STATUS_READY:
            raise RuntimeError("nested transaction: the inner one would commit the outer one")
        try:
            yield Transaction(connection)
            connection.commit()
        except _REFUSED_VALUES as error:
            connection.rollback()
            raise RefusedValues(f"the warehouse rejected a value: {_first_line(error)}") from error
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            self.close()
            raise WarehouseUnavailable(
                f"the connection to the warehouse broke: {_first_line(error)}; claims expire by themselves"
            ) from error
        except psycopg2.Error as error:
            connection.rollback()
            raise WarehouseError(f"error of the warehouse: {_first_line(error)}") from error
        except BaseException:
            if not connection.closed:
                connection.rollback()
            raise

    @contextmanager
    def statement(self) -> Iterator[Transaction]:
        """For a single query in autocommit mode: saves two round trips to the server, compared with `transaction`.

        Raises as `transaction`; RuntimeError within a transaction.
        """
        connection = self._connect()
        if connection.status != STATUS_READY:
            raise RuntimeError("autocommit statement within a transaction")
        connection.autocommit = True
        try:
            with self.transaction() as rows:
                yield rows
        finally:
            if not connection.closed:
                connection.autocommit = False

    def answers_within(self, seconds: float) -> bool:
        """Waits until the database answers, e.g. after a restart; False when it does not within `seconds`."""
        asking = Retrying(
            retry=retry_if_exception_type(WarehouseUnavailable),
            wait=wait_fixed(_LOOK_AGAIN_S),
            stop=stop_before_delay(seconds),
        )
        try:
            asking(self._ask)
        except RetryError:
            return False
        return True

    def _ask(self) -> None:
        with self.transaction() as rows:
            rows.database_time()

    def close(self) -> None:
        """Closes the connection, if one is open; the next transaction opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> PreparingConnection:
        if self._connection is None or self._connection.closed:
            try:
                self._connection = self._open()
            except psycopg2.ProgrammingError:
                # Neither the URI nor libpq's message is shown: both may contain a password.
                raise WarehouseError(
                    "invalid warehouse URI; use postgresql://user:password@host:port/database"
                ) from None
            except psycopg2.OperationalError as error:
                raise WarehouseUnavailable(
                    f"no connection to the warehouse: {_first_line(error)}; "
                    "start it with `make up`, or fix the Airflow connection `warehouse`"
                ) from error
        return self._connection

    def _open(self) -> PreparingConnection:
        connect: Callable[..., PreparingConnection] = partial(
            psycopg2.connect,
            self._dsn,
            connection_factory=PreparingConnection,
            cursor_factory=NamedTupleCursor,
            application_name=self._application,
            connect_timeout=10,
            keepalives_idle=30,
        )
        try:
            return connect(options=_SESSION)
        except psycopg2.OperationalError as error:
            if "unsupported startup parameter" not in str(error):
                raise
            # A connection pooler; the migrations made these settings the defaults of the database.
            return connect()


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0]
