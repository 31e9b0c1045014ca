"""`wirewatch up` and `wirewatch down`: Postgres, both databases, Airflow's components, in that order and back."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from filelock import FileLock, Timeout

from wirewatch.errors import FileProblems, WirewatchError
from wirewatch.feeds.polling import sync_feeds_file
from wirewatch.local import airflow
from wirewatch.local.postgres import Postgres
from wirewatch.local.processes import Component
from wirewatch.local.state import Home
from wirewatch.settings import Settings
from wirewatch.topics.labelling import sync_topic_files
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.bootstrap import OWNERS, make_databases
from wirewatch.warehouse.migrations import migrate

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stack:
    """A local stack: what an operator needs to reach it."""

    home: Home
    postgres: Postgres
    ui_address: str
    environment: dict[str, str]

    @property
    def owner_dsn(self) -> str:
        """The owner's way into the warehouse: for migrations, partitions, backups."""
        return self.postgres.dsn("warehouse", user="wirewatch", password=self.home.password("wirewatch"))

    @property
    def analyst_dsn(self) -> str:
        """An analyst's way into the warehouse: may read the views, nothing else."""
        return self.postgres.dsn("warehouse", user="analyst", password=self.home.password("analyst"))

    @property
    def api(self) -> airflow.Api:
        """Airflow's REST API."""
        return airflow.Api(self.ui_address, self.home.password(airflow.ADMIN))

    @property
    def components(self) -> list[Component]:
        """Airflow's processes."""
        return airflow.components(self.home, self.environment)

    def is_healthy(self) -> bool:
        """Whether every component runs and says that it is well."""
        born = {component.name: at for component in self.components if (at := component.born_at())}
        if len(born) < len(self.components):
            return False
        beats = self.api.heartbeats()
        # A beat of a predecessor that was killed says nothing of the process that runs now.
        return all(name in beats and beats[name] > born[name] for name in airflow.HEARTBEATS)


def find(settings: Settings) -> Stack:
    """The stack of this home, running or not.

    Raises WirewatchError when there is none.
    """
    home = Home(settings.home.resolve())
    ui_port, postgres_port = home.port("ui"), home.port("postgres")
    if ui_port is None or postgres_port is None:
        raise WirewatchError(f"nothing was set up under {home.path}; run `make up`")
    return _stack(home, settings, ui_port, postgres_port)


def is_set_up(settings: Settings) -> bool:
    """Whether this home has a stack, running or not."""
    home = Home(settings.home.resolve())
    return home.port("ui") is not None and home.port("postgres") is not None


def up(settings: Settings, say: Say) -> Stack:
    """Starts what does not run yet, and returns when all of it is well. Harmless and fast when all of it runs."""
    home = Home(settings.home.resolve())
    home.prepare()
    with _alone(home):
        postgres = _start_postgres(home, settings, say)
        ui_port = _ui_port(home, settings, say)
        stack = _stack(home, settings, ui_port, postgres.port)
        _make_databases(stack)
        with ThreadPoolExecutor(1) as aside:
            prepared = aside.submit(airflow.migrate_metadata, stack.home, stack.environment)
            _migrate(stack, say)
            if not stack.is_healthy():
                _load_files(stack, settings, say)  # a stack that runs loads them by itself, every few minutes
            prepared.result()
        _start_components(stack, say)
        for problem in stack.api.import_errors():
            say(f"a DAG file is broken: {problem}")
    return stack


def up_database(settings: Settings, say: Say) -> Stack:
    """Starts Postgres alone, with roles and empty databases when there are none: for a restore."""
    home = Home(settings.home.resolve())
    home.prepare()
    with _alone(home):
        postgres = _start_postgres(home, settings, say)
        stack = _stack(home, settings, _ui_port(home, settings, say), postgres.port)
        _make_databases(stack)
    return stack


def down(settings: Settings, say: Say) -> None:
    """Stops everything of this home, work first, the database last. Harmless when nothing runs."""
    stack = find(settings)
    with _alone(stack.home):
        workers = [threading.Thread(target=component.stop, name=component.name) for component in stack.components]
        for worker in workers:
            say(f"stopping {worker.name}")
            worker.start()
        for worker in workers:
            worker.join()
        say("stopping Postgres")
        stack.postgres.stop()


def _stack(home: Home, settings: Settings, ui_port: int, postgres_port: int) -> Stack:
    postgres = Postgres(home.postgres, postgres_port, bin_dir=settings.postgres_bin)
    environment = airflow.environment(
        home,
        ui_port=ui_port,
        metadata_dsn=postgres.dsn("airflow", user="airflow", password=home.password("airflow")),
        warehouse_dsn=postgres.dsn("warehouse", user="pipeline", password=home.password("pipeline")),
        owner_dsn=postgres.dsn("warehouse", user="wirewatch", password=home.password("wirewatch")),
    )
    return Stack(home, postgres, f"http://127.0.0.1:{ui_port}", environment)


def _make_databases(stack: Stack) -> None:
    roles = [*OWNERS.values(), "pipeline", "analyst", "editor"]
    make_databases(stack.postgres.dsn("postgres"), {role: stack.home.password(role) for role in roles})


def _start_postgres(home: Home, settings: Settings, say: Say) -> Postgres:
    remembered = home.port("postgres")
    if remembered is not None:
        postgres = Postgres(home.postgres, remembered, bin_dir=settings.postgres_bin)
        if postgres.is_running():
            return postgres
    port = home.choose_port("postgres", settings.postgres_port)
    _say_moved(say, "Postgres", remembered or settings.postgres_port, port)
    postgres = Postgres(home.postgres, port, bin_dir=settings.postgres_bin)
    say(f"starting Postgres on 127.0.0.1:{port}")
    postgres.start()
    return postgres


def _ui_port(home: Home, settings: Settings, say: Say) -> int:
    remembered = home.port("ui")
    if remembered is not None:
        # Its api-server may be the one that holds the port.
        server = next(c for c in airflow.components(home, dict(os.environ)) if c.name == "api-server")
        if server.process() is not None:
            return remembered
    port = home.choose_port("ui", settings.port)
    _say_moved(say, "the Airflow UI", remembered or settings.port, port)
    return port


def _say_moved(say: Say, what: str, wanted: int, port: int) -> None:
    if port != wanted:
        say(f"port {wanted} is busy: {what} gets {port}")


def _migrate(stack: Stack, say: Say) -> None:
    applied = migrate(stack.owner_dsn)
    if applied:
        say(f"warehouse: applied {len(applied)} migrations, up to {applied[-1]}; preparing Airflow's database")


def _load_files(stack: Stack, settings: Settings, say: Say) -> None:
    """Brings feeds.yaml and the topic files into force; a broken one is said, and the last good one stays."""
    with Warehouse(stack.owner_dsn) as warehouse:
        for load in (sync_feeds_file, sync_topic_files):
            try:
                load(warehouse, settings)
            except FileProblems as error:
                say(f"{error}\nuntil this is fixed, what was last in force stays so")


def _free_claims(stack: Stack) -> None:
    """Ends the claims of tasks that died with their scheduler, which is the only one of this stack to run any."""
    for component in stack.components:
        if component.name == "scheduler":
            component.end_leftovers()
    with Warehouse(stack.owner_dsn) as warehouse, warehouse.transaction() as rows:
        rows.expire_claims()


def _start_components(stack: Stack, say: Say) -> None:
    """Starts what does not run, the scheduler last: it hands out tasks at once, and a task needs the API server."""
    started: list[Component] = []
    missing: list[Component] = []
    for component in stack.components:
        (missing if component.process() is None else started).append(component)
    if any(component.name == "scheduler" for component in missing):
        _free_claims(stack)
    if changed := sorted({name for component in started for name in component.differing("WIREWATCH_")}):
        say(f"what runs was started with other values of {', '.join(changed)}; `make down` and `make up` apply them")
    for component in missing:
        if component.name == "scheduler":
            _wait(stack, started, stack.api.answers, "the API server does not answer")
        say(f"starting {component.name}")
        component.start()
        started.append(component)
    _wait(stack, started, stack.is_healthy, "Airflow is not healthy")


def _wait(stack: Stack, started: list[Component], condition: Callable[[], bool], what: str) -> None:
    def fulfilled() -> bool:
        for component in started:
            if component.process() is None:
                raise airflow.AirflowError(f"{component.name} ended right after its start; read {component.log}")
        return condition()

    airflow.wait_until(fulfilled, what, timeout_s=180, log=stack.home.logs)


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """One `up` or `down` at a time."""
    lock = FileLock(home.path / "run" / "lock", timeout=300)
    try:
        with lock:
            yield
    except Timeout:
        raise WirewatchError(f"another `wirewatch up` or `down` is still at work in {home.path}") from None
