"""A real Postgres for the tests: one server for the run, a fresh database from a template for each test."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psycopg2
import pytest
from filelock import FileLock

from tests import other_day
from wirewatch.local.postgres import Postgres
from wirewatch.local.processes import Component
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import migrate

pytest_plugins = ["tests.warehouse.watching_rows"]

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


def pytest_configure(config: pytest.Config) -> None:
    """Chooses one folder for the server of this run, the same for all of xdist's workers."""
    other_day.travel()
    # How long an example takes says how busy the machine is; what hangs ends by the test's own limit.
    hypothesis.settings.register_profile("wirewatch", deadline=None)
    hypothesis.settings.load_profile("wirewatch")
    os.environ.setdefault("WIREWATCH_TEST_HOME", tempfile.mkdtemp(prefix="wirewatch-test-"))
    if not hasattr(config, "workerinput"):
        config.stash[_OWNER] = True


_OWNER = pytest.StashKey[bool]()


def pytest_unconfigure(config: pytest.Config) -> None:
    if config.stash.get(_OWNER, False):
        home = Path(os.environ["WIREWATCH_TEST_HOME"])
        if (home / "port").exists():
            _server(home).stop()


def _server(home: Path) -> Postgres:
    """The server of this run, of the version that `WIREWATCH_TEST_POSTGRES_BIN` asks for; else the wheel's."""
    folder = os.environ.get("WIREWATCH_TEST_POSTGRES_BIN")
    port = int((home / "port").read_text())
    return Postgres(home / "postgres", port, bin_dir=Path(folder) if folder else None, durable=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    """The running server of this test run."""
    home = Path(os.environ["WIREWATCH_TEST_HOME"])
    with FileLock(home / "lock"):
        port_file = home / "port"
        if not port_file.exists():
            port_file.write_text(str(free_port()))
        server = _server(home)
        with other_day.moved_clock():
            server.start()
        with admin(server) as cursor:
            cursor.execute("select 1 from pg_database where datname = 'template_warehouse'")
            if cursor.fetchone() is None:
                cursor.execute("create database template_warehouse")
                migrate(server.dsn("template_warehouse"))
    return server


def spawn(component: Component) -> int:
    """Starts a component of a local stack as supervisord would; gives its pid."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        component.become()
    return pid


class admin:  # noqa: N801 - reads as a statement
    """A superuser's cursor outside any transaction."""

    def __init__(self, server: Postgres, database: str = "postgres") -> None:
        self._connection = psycopg2.connect(server.dsn(database))
        self._connection.autocommit = True

    def __enter__(self):
        return self._connection.cursor()

    def __exit__(self, *_: object) -> None:
        self._connection.close()


@pytest.fixture
def database(postgres: Postgres, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URI of a fresh, migrated warehouse."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"test_{worker}_{abs(hash(request.node.nodeid)) % 10**8}"
    with FileLock(Path(os.environ["WIREWATCH_TEST_HOME"]) / "template.lock"), admin(postgres) as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")
        cursor.execute(f"create database {name} template template_warehouse")
    yield postgres.dsn(name)
    with admin(postgres) as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")


@pytest.fixture
def empty_database(postgres: Postgres) -> Iterator[str]:
    """The URI of a database without any schema of ours."""
    name = f"empty_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with admin(postgres) as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")
        cursor.execute(f"create database {name}")
    yield postgres.dsn(name)
    with admin(postgres) as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")


@pytest.fixture
def warehouse(database: str) -> Iterator[Warehouse]:
    """A fresh, migrated warehouse."""
    with Warehouse(database, application="tests") as opened:
        yield opened


@pytest.fixture
def pipeline(postgres: Postgres, database: str) -> Iterator[Warehouse]:
    """The same warehouse, as the role of the pipeline reaches it."""
    with FileLock(Path(os.environ["WIREWATCH_TEST_HOME"]) / "role.lock"), admin(postgres) as opened:
        opened.execute("alter role pipeline login password 'pipeline'")
    name = database.rpartition("/")[2]
    with Warehouse(postgres.dsn(name, user="pipeline", password="pipeline"), application="tests") as opened:
        yield opened


@pytest.fixture
def cursor(database: str) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor on the same database as `warehouse`, each statement its own transaction: to look and to prepare."""
    connection = psycopg2.connect(database)
    connection.autocommit = True
    with connection.cursor() as opened:
        yield opened
    connection.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings for tests: the loopback may be visited, no waiting between visits, state in a temporary folder."""
    return Settings(home=tmp_path / "home", allow_addresses="127.0.0.0/8", host_delay_s=0)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded material; tests that need it are skipped where it is missing."""
    if not SHARED.is_dir():
        pytest.skip("needs the recorded material, which is not part of the project")
    return SHARED
