"""Through PgBouncer in transaction mode, where each transaction may meet another session of the server."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest

from tests.conftest import free_port
from tests.optional import program
from wirewatch.errors import WarehouseError
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import MIGRATIONS, migrate

PGBOUNCER = program("pgbouncer")
TURNS = 180

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="PgBouncer is not installed (Debian: pgbouncer)")


class Pooler:
    """PgBouncer before the tests' server, three sessions wide."""

    def __init__(self, folder: Path, dsn: str, extra: str = "") -> None:
        server = urlsplit(dsn)
        self.port = free_port()
        self._dsn = dsn
        folder.chmod(0o755)
        (folder / "users.txt").write_text(f'"{server.username}" "{server.password}"\n')
        configuration = folder / "pgbouncer.ini"
        configuration.write_text(
            f"[databases]\n* = host=127.0.0.1 port={server.port}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            f"auth_type = plain\nauth_file = {folder / 'users.txt'}\n"
            f"pool_mode = transaction\ndefault_pool_size = 3\n{extra}\n"
        )
        as_nobody = ["-u", "nobody"]
        self._process = subprocess.Popen([PGBOUNCER, *as_nobody, configuration], stderr=subprocess.DEVNULL)

    def dsn(self) -> str:
        server = urlsplit(self._dsn)
        return urlunsplit(server._replace(netloc=f"{server.username}:{server.password}@127.0.0.1:{self.port}"))

    def wait(self) -> None:
        for _ in range(100):
            try:
                psycopg2.connect(self.dsn()).close()
                return
            except psycopg2.OperationalError:
                time.sleep(0.1)
        raise AssertionError("PgBouncer did not start")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


@pytest.fixture(params=["", "ignore_startup_parameters = options"], ids=["refuses options", "ignores options"])
def pooled(request, tmp_path_factory, database: str) -> Iterator[str]:
    migrate(database)  # a copy of the template has not its defaults
    pooler = Pooler(tmp_path_factory.mktemp("pgbouncer"), database, request.param)
    try:
        pooler.wait()
        yield pooler.dsn()
    finally:
        pooler.stop()


def test_turns_of_many_workers_hold(pooled: str):
    """More workers than sessions, so that transactions of one worker meet sessions in which it prepared nothing."""
    failed: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            with Warehouse(pooled) as warehouse:
                for turn in range(TURNS // 6):
                    with warehouse.statement() as rows:
                        host = f"{worker}-{turn}.example"
                        assert rows.begin_visit(host=host, by=str(worker), delay_s=0.0, lease_s=60.0).granted
        except BaseException as error:
            failed.append(error)

    workers = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []


def test_sessions_have_the_settings_of_direct_ones(pooled: str):
    with Warehouse(pooled) as warehouse, warehouse.transaction() as rows:
        [found] = rows.select("select current_setting('TimeZone') as zone, current_setting('random_page_cost') as cost")
    assert found == ("UTC", "1.1")


def test_migrations_run_through_it(pooled: str, cursor):
    cursor.execute("drop schema ingest cascade; drop schema news cascade; drop table public.schema_migration")
    assert migrate(pooled) == sorted(file.stem for file in MIGRATIONS.glob("*.sql"))
    assert migrate(pooled) == []


def test_what_the_server_refuses_is_told_as_ever(pooled: str):
    with (
        Warehouse(pooled) as warehouse,
        pytest.raises(WarehouseError, match=r"rejected|refused"),
        warehouse.transaction() as rows,
    ):
        rows.select("select 1 / 0")
