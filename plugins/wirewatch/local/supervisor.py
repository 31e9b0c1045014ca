"""supervisord under `make up`: it runs every part of the local stack and starts again what ends.

Its parts are started by `wirewatch.local.launch`. That a part lives says little: `watching` asks whether it works.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import xmlrpc.client  # nosec B411
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from wirewatch.errors import WirewatchError
from wirewatch.local.files import write_secret
from wirewatch.local.state import Home

SUPERVISORD = "supervisord"
POSTGRES = "postgres"
AIRFLOW = ("api-server", "dag-processor", "scheduler")
WATCHES = ("watch-1", "watch-2")
"""Two: one watches, the other watches that one."""
PARTS = (POSTGRES, *AIRFLOW, *WATCHES)
"""In the order of their start."""

_LONGEST_SOCKET = 100
"""Bytes of a Unix socket's path; the system's limit is 107."""
_ANSWER_S = 10

_CONFIG = """\
; Written by `wirewatch up`; edits are lost.
[unix_http_server]
file={socket}
chmod=0700

[supervisord]
logfile={logs}/supervisord.log
logfile_maxbytes=5MB
logfile_backups=1
pidfile={run}/supervisord.pid
directory={home}
umask=077
{user}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""

_PROGRAM = """
[program:{name}]
command={command}
autostart=false
autorestart=true
startsecs=3
startretries=5
stopsignal={signal}
stopwaitsecs=25
killasgroup=true
redirect_stderr=true
stdout_logfile={log}
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=1
"""


class SupervisorError(WirewatchError):
    """supervisord did not do what it was asked."""


@dataclass(frozen=True, slots=True)
class PartState:
    """What supervisord says of a part."""

    name: str
    state: str
    """STOPPED, STARTING, RUNNING, BACKOFF, STOPPING, EXITED or FATAL."""
    pid: int
    """0 while it does not run."""

    @property
    def runs(self) -> bool:
        """Whether it runs, or is about to."""
        return self.state in ("STARTING", "RUNNING")


class Supervisor:
    """The supervisord of one home."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._config = home.path / "run" / "supervisord.conf"
        self._pid_file = home.path / "run" / "supervisord.pid"
        self.log = home.logs / "supervisord.log"

    def process(self) -> psutil.Process | None:
        """The running supervisord of this home; None when there is none."""
        try:
            process = psutil.Process(int(self._pid_file.read_text()))
            ours = str(self._config) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return None
        return process if ours else None

    def answers(self) -> bool:
        """Whether it runs and answers."""
        process = self.process()
        if process is None or process.status() == psutil.STATUS_STOPPED:
            return False
        try:
            return bool(self._call(lambda rpc: rpc.getSupervisorVersion()))
        except SupervisorError:
            return False

    def start(self, environment: Mapping[str, str]) -> None:
        """Starts it, without any part; harmless when it answers. One that does not answer is ended first.

        Raises SupervisorError.
        """
        if self.answers():
            return
        self.end()
        write_secret(self._config, self._configuration())
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._config)]
        done = subprocess.run(command, env=dict(environment), check=False, capture_output=True, text=True, timeout=60)
        until = time.monotonic() + 60
        while not self.answers():
            if done.returncode != 0 or time.monotonic() > until:
                raise SupervisorError(f"supervisord did not start: {done.stderr.strip()[-500:]}; read {self.log}")
            time.sleep(0.2)

    def parts(self) -> dict[str, PartState]:
        """What it says of each part. Raises SupervisorError when it does not answer."""
        found = self._call(lambda rpc: rpc.getAllProcessInfo())
        return {part["name"]: PartState(part["name"], part["statename"], part["pid"]) for part in found}

    def start_part(self, name: str) -> None:
        """Starts a part; harmless when it runs. Raises SupervisorError."""
        self._ignoring("ALREADY_STARTED", lambda rpc: rpc.startProcess(name, False))

    def stop_parts(self, *names: str, patience_s: float = 40) -> None:
        """Stops parts and waits for their end; harmless when they do not run. Raises SupervisorError."""
        for name in names:
            self._ignoring("NOT_RUNNING", partial(_stop, name))
        until = time.monotonic() + patience_s
        while alive := [part for part in self.parts().values() if part.name in names and part.pid]:
            if time.monotonic() > until:
                raise SupervisorError(f"{alive[0].name} (pid {alive[0].pid}) does not end; read {self._home.logs}")
            time.sleep(0.2)

    def kill_part(self, name: str) -> None:
        """Kills a part, which is then started again; one that does not run is started. Raises SupervisorError."""
        part = self.parts()[name]
        if part.pid:
            kill(part.pid)
        elif not part.runs:
            self.start_part(name)

    def shut_down(self) -> None:
        """Stops all parts, the work first and the database last, and supervisord; harmless when none runs."""
        if self.answers():
            for names in (WATCHES, AIRFLOW, (POSTGRES,)):
                self.stop_parts(*names)
            self._call(lambda rpc: rpc.shutdown())
            _wait_for_end(self.process(), 20)
        self.end()

    def end(self) -> None:
        """Ends a supervisord that does not answer; its parts live on, until their successors end them."""
        process = self.process()
        if process is not None:
            kill(process.pid)
            _wait_for_end(process, 20)
        self._socket().unlink(missing_ok=True)

    def _configuration(self) -> str:
        home = self._home
        user = "user=root\n" if os.geteuid() == 0 else ""
        places = {"logs": home.logs, "run": home.path / "run", "home": home.path, "socket": self._socket()}
        head = _CONFIG.format(user=user, **{name: _escaped(str(path)) for name, path in places.items()})
        return head + "".join(self._program(name) for name in PARTS)

    def _program(self, name: str) -> str:
        log = home_log(self._home, name)
        command = shlex.join([sys.executable, "-m", "wirewatch.local.launch", name])
        sign = "INT" if name == POSTGRES else "TERM"
        return _PROGRAM.format(name=name, command=_escaped(command), signal=sign, log=_escaped(str(log)))

    def _socket(self) -> Path:
        file = self._home.path / "run" / "supervisord.sock"
        if len(os.fsencode(file)) <= _LONGEST_SOCKET:
            return file
        digest = hashlib.sha256(os.fsencode(self._home.path)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"wirewatch-{os.geteuid()}-{digest}.sock"

    def _ignoring(self, fault: str, ask: Callable[[Any], Any]) -> None:
        try:
            self._call(ask)
        except SupervisorError as error:
            if fault not in str(error):
                raise

    def _call(self, ask: Callable[[Any], Any]) -> Any:
        transport = _Transport(self._socket())
        try:
            return ask(xmlrpc.client.ServerProxy("http://localhost", transport=transport).supervisor)
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as error:
            raise SupervisorError(f"supervisord: {error}; read {self.log}") from None
        finally:
            transport.close()


def _stop(name: str, rpc: Any) -> None:
    rpc.stopProcess(name, False)


def home_log(home: Home, name: str) -> Path:
    """The log of a part."""
    return home.postgres / "server.log" if name == POSTGRES else home.logs / f"{name}.log"


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket, with a limit of time: a stopped supervisord takes connections and never answers."""

    def __init__(self, file: Path) -> None:
        super().__init__("localhost", timeout=_ANSWER_S)
        self._file = file

    def connect(self) -> None:
        """Connects to the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_ANSWER_S)
        self.sock.connect(str(self._file))


class _Transport(xmlrpc.client.Transport):
    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def make_connection(self, host: object) -> http.client.HTTPConnection:
        return _Connection(self._file)


def _escaped(value: str) -> str:
    return value.replace("%", "%%")


def kill(pid: int) -> None:
    """Kills a process; harmless when it has ended."""
    send(pid, signal.SIGKILL)


def send(pid: int, number: signal.Signals) -> None:
    """Sends a signal to a process; harmless when it has ended."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it ended by itself, which is what was wanted


def _wait_for_end(process: psutil.Process | None, seconds: float) -> None:
    if process is None:
        return
    try:
        process.wait(seconds)
    except psutil.TimeoutExpired:
        raise SupervisorError(f"supervisord (pid {process.pid}) does not end") from None
