"""`make install-service`: a systemd unit that starts the stack after a reboot, and supervisord when it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from wirewatch.errors import WirewatchError
from wirewatch.local import stack
from wirewatch.local.airflow import PASSED_ON
from wirewatch.local.files import write_secret
from wirewatch.local.stack import Say
from wirewatch.local.state import Home
from wirewatch.settings import Settings

NAME = "wirewatch.service"
_UNIT = """\
# Written by `make install-service`.
[Unit]
Description=Wirewatch
Wants=network-online.target
After=network-online.target

[Service]
Type=forking
PIDFile={home}/run/supervisord.pid
EnvironmentFile=-{home}/service.env
Environment="WIREWATCH_HOME={home}"
ExecStart="{python}" -m wirewatch.cli up
ExecStop="{python}" -m wirewatch.cli down
Restart=always
RestartSec=10
TimeoutStartSec=15min
TimeoutStopSec=3min

[Install]
WantedBy={target}
"""


def unit(home: Path, *, system: bool) -> str:
    """The unit's text; `system` tells a unit of the machine from one of its user."""
    target = "multi-user.target" if system else "default.target"
    return _UNIT.format(home=_escaped(str(home)), python=_escaped(sys.executable), target=target)


def environment_file(environment: Mapping[str, str]) -> str:
    """What of this environment the service shall have: our settings, and where alarms and metrics go."""
    names = sorted(name for name in environment if name.startswith(("WIREWATCH_", *PASSED_ON)))
    return "".join(f'{name}="{_quoted(environment[name])}"\n' for name in names if name != "WIREWATCH_HOME")


def install(settings: Settings, say: Say) -> None:
    """Writes the unit, and lets systemd start it now and after each reboot. Raises WirewatchError."""
    home = Home(settings.home.resolve())
    home.prepare()
    system = os.geteuid() == 0
    folder = Path("/etc/systemd/system") if system else Path.home() / ".config" / "systemd" / "user"
    write_secret(home.path / "service.env", environment_file(os.environ))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NAME).write_text(unit(home.path, system=system))
    except OSError as error:
        raise WirewatchError(f"{folder / NAME} can't be written: {error.strerror}") from None
    say(f"written: {folder / NAME}; its settings are in {home.path / 'service.env'}")
    if not Path("/run/systemd/system").exists():
        say(f"systemd does not run here; where it does: systemctl enable --now {NAME}")
        return
    if stack.is_set_up(settings):
        stack.down(settings, say)  # systemd must be the one that starts it
    control = ["systemctl"] if system else ["systemctl", "--user"]
    for arguments in (["daemon-reload"], ["enable", "--now", NAME]):
        done = subprocess.run([*control, *arguments], check=False, capture_output=True, text=True)
        if done.returncode:
            raise WirewatchError(f"systemctl {' '.join(arguments)}: {done.stderr.strip()}")
    say(f"{NAME} runs, and starts after each reboot; `systemctl status {NAME}`")
    if not system:
        say("for a start without a login: loginctl enable-linger")


def _escaped(value: str) -> str:
    return value.replace("%", "%%")


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
