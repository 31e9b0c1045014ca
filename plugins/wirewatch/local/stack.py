"""`wirewatch up` and `wirewatch down`: supervisord, Postgres, both databases, Airflow, the watch, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from wirewatch.errors import ConfigurationError, FileProblems, WirewatchError
from wirewatch.local import airflow
from wirewatch.local.health import Problem, problems
from wirewatch.local.looking import look
from wirewatch.local.postgres import Postgres, choose_bin, installed_bins
from wirewatch.local.processes import Component
from wirewatch.local.state import Home
from wirewatch.local.supervisor import AIRFLOW, POSTGRES, WATCHES, Supervisor, home_log, kill
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.bootstrap import OWNERS, make_databases
from wirewatch.warehouse.migrations import migrate

Say = Callable[[str], None]
_PATIENCE_S = 400
"""How long Postgres may recover, and Airflow may start."""


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
    def supervisor(self) -> Supervisor:
        """What starts every part, and starts it again when it ends."""
        return Supervisor(self.home)

    @property
    def components(self) -> list[Component]:
        """Airflow's processes."""
        return airflow.components(self.home, self.environment)

    def component(self, name: str) -> Component:
        """One of Airflow's processes, or of the watch."""
        return next(c for c in airflow.components(self.home, self.environment, watches=WATCHES) if c.name == name)

    def has_database(self) -> bool:
        """Whether its Postgres takes connections; one that a former supervisord has left over is about to stop."""
        return self.supervisor.parts()[POSTGRES].pid == self.postgres.pid() and self.postgres.is_running()

    def is_healthy(self) -> bool:
        """Whether every component runs and has said so since it was started, and work gets done."""
        seen = look(self)
        # A beat of a predecessor that was killed says nothing of the process that runs now.
        beat = all(
            name in seen.heartbeats and born is not None and seen.heartbeats[name] > born
            for name, born in seen.born.items()
            if name in airflow.HEARTBEATS
        )
        return beat and not problems(seen)


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


def up(settings: Settings, say: Say, *, adopt: bool = False) -> Stack:
    """Starts what does not run, starts again what does not work, and returns when all of it works.

    Harmless and fast when all of it works. A home that was set up with other feeds, topics, archive or addresses is
    left alone, unless `adopt` gives it those of `settings`. Raises WirewatchError.
    """
    home = Home(settings.home.resolve())
    home.prepare()
    if not adopt:
        _refuse_others(home, settings)
    with _alone(home):
        home.remember(settings.of_data)
        stack = _up_database(home, settings, say)
        with ThreadPoolExecutor(1) as aside:
            prepared = aside.submit(airflow.migrate_metadata, stack.home, stack.environment)
            _migrate(stack, say)
            if not stack.is_healthy():
                _load_files(stack, settings, say)  # a stack that works loads them by itself, every few minutes
            prepared.result()
        _start_components(stack, say)
        for problem in stack.api.import_errors():
            say(f"a DAG file is broken: {problem}")
    return stack


def _refuse_others(home: Home, settings: Settings) -> None:
    known = home.settings()
    other = {name: value for name, value in settings.of_data.items() if known and known.get(name) != value}
    if other:
        lines = "\n".join(
            f"  {name}={known.get(name, '')}   now: {value or '(not set)'}" for name, value in other.items()
        )
        raise ConfigurationError(
            f"{home.path} was set up with other settings, and its data belong to them:\n{lines}\n"
            "Set them as they were, or choose another home (WIREWATCH_HOME). To give this home the present ones: "
            "`wirewatch up --adopt`"
        )


def up_database(settings: Settings, say: Say) -> Stack:
    """Starts Postgres alone, with roles and empty databases when there are none: for a restore."""
    home = Home(settings.home.resolve())
    home.prepare()
    with _alone(home):
        return _up_database(home, settings, say)


def down(settings: Settings, say: Say) -> None:
    """Stops everything of this home, work first, the database last. Harmless when nothing runs."""
    stack = find(settings)
    with _alone(stack.home):
        say("stopping Airflow and Postgres")
        stack.supervisor.shut_down()
        _end_leftovers(stack)
        stack.postgres.stop()


def stop_airflow(stack: Stack) -> None:
    """Stops Airflow and the watch, and leaves Postgres running."""
    with _alone(stack.home):
        if stack.supervisor.answers():
            for names in (WATCHES, AIRFLOW):
                stack.supervisor.stop_parts(*names)
        _end_leftovers(stack)


def _end_leftovers(stack: Stack) -> None:
    for component in airflow.components(stack.home, stack.environment, watches=WATCHES):
        component.end_leftovers()


def _up_database(home: Home, settings: Settings, say: Say) -> Stack:
    postgres_port, ui_port = _postgres_port(home, settings, say), _ui_port(home, settings, say)
    stack = _stack(home, settings, ui_port, postgres_port)
    stack.supervisor.start(stack.environment)
    if not stack.has_database():
        say(f"starting Postgres on 127.0.0.1:{postgres_port}")
        stack.supervisor.start_part(POSTGRES)
        _wait(stack, (POSTGRES,), stack.has_database, "Postgres takes no connections", stack.postgres.log)
    _make_databases(stack)
    return stack


def _stack(home: Home, settings: Settings, ui_port: int, postgres_port: int) -> Stack:
    postgres = Postgres(home.postgres, postgres_port, bin_dir=server_bin(home, settings))
    environment = airflow.environment(
        home,
        ui_port=ui_port,
        metadata_dsn=postgres.dsn("airflow", user="airflow", password=home.password("airflow")),
        warehouse_dsn=postgres.dsn("warehouse", user="pipeline", password=home.password("pipeline")),
        owner_dsn=postgres.dsn("warehouse", user="wirewatch", password=home.password("wirewatch")),
    )
    return Stack(home, postgres, f"http://127.0.0.1:{ui_port}", environment)


def server_bin(home: Home, settings: Settings) -> Path:
    """The bin directory of this home's server. Raises ConfigurationError."""
    return choose_bin(home.postgres, settings.postgres_bin, installed_bins())


def _make_databases(stack: Stack) -> None:
    roles = [*OWNERS.values(), "pipeline", "analyst", "editor"]
    make_databases(stack.postgres.dsn("postgres"), {role: stack.home.password(role) for role in roles})


def _postgres_port(home: Home, settings: Settings, say: Say) -> int:
    remembered = home.port("postgres")
    # A server that recovers takes no connections for a while; it keeps its port.
    if remembered is not None and Postgres(home.postgres, remembered, bin_dir=server_bin(home, settings)).process():
        return remembered
    port = home.choose_port("postgres", settings.postgres_port)
    _say_moved(say, "Postgres", remembered or settings.postgres_port, port)
    return port


def _ui_port(home: Home, settings: Settings, say: Say) -> int:
    remembered = home.port("ui")
    # Its api-server may be the one that holds the port.
    if remembered is not None and airflow.api_server(home).process() is not None:
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
    # Not above: every part starts through this module, and these imports take a second of CPU time.
    from wirewatch.feeds.polling import sync_feeds_file
    from wirewatch.topics.labelling import sync_topic_files

    with Warehouse(stack.owner_dsn) as warehouse:
        for load in (sync_feeds_file, sync_topic_files):
            try:
                load(warehouse, settings)
            except FileProblems as error:
                say(f"{error}\nuntil this is fixed, what was last in force stays so")


def _start_components(stack: Stack, say: Say) -> None:
    """Starts what does not run, and what runs without working; the scheduler waits for the API server by itself."""
    names = sorted({name for component in stack.components for name in component.differing("WIREWATCH_")})
    if names:
        say(f"what runs was started with other values of {', '.join(names)}; `make down` and `make up` apply them")
    for problem in problems(look(stack)):
        _repair(stack, problem, say)
    parts = stack.supervisor.parts()
    for name in AIRFLOW:
        if not parts[name].runs:
            say(f"starting {name}")
            stack.supervisor.start_part(name)
    for name in WATCHES:
        stack.supervisor.start_part(name)
    _wait(stack, AIRFLOW, stack.is_healthy, "Airflow does not work", stack.home.logs)


def _repair(stack: Stack, problem: Problem, say: Say) -> None:
    if problem.hangs:
        say(f"{problem.sentence}: starting it again")
        repair(stack, problem)


def repair(stack: Stack, problem: Problem) -> None:
    """Starts again what does not work. Raises SupervisorError."""
    if problem.part == POSTGRES:
        for pid in problem.stopped:
            kill(pid)  # Postgres recovers by itself, and nothing committed is lost
        if problem.stopped:
            return
    stack.supervisor.kill_part(problem.part)


def _wait(stack: Stack, parts: Sequence[str], condition: Callable[[], bool], what: str, log: Path) -> None:
    def fulfilled() -> bool:
        for name, part in stack.supervisor.parts().items():
            if name in parts and part.state == "FATAL":
                raise airflow.AirflowError(f"{name} ends right after its start; read {home_log(stack.home, name)}")
        return condition()

    airflow.wait_until(fulfilled, what, timeout_s=_PATIENCE_S, log=log)


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """One `up` or `down` at a time."""
    lock = FileLock(home.path / "run" / "lock", timeout=300)
    try:
        with lock:
            yield
    except Timeout:
        raise WirewatchError(f"another `wirewatch up` or `down` is still at work in {home.path}") from None
