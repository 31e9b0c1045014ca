"""`wirewatch secrets rotate`: new passwords and keys for a local stack; safe to be killed and to be run again.

stop Airflow ─▶ new files ─▶ roles get their new passwords ─▶ what Airflow keeps encrypted gets the new key

Files change before the database does: `make up` gives the roles the passwords of the files anyway, so a rotation that
was killed is finished by it. While connections are encrypted again, the key's file holds the new key and the old one.
"""

from __future__ import annotations

import base64
import secrets
import subprocess
from collections.abc import Callable

from wirewatch.errors import WirewatchError
from wirewatch.local import airflow, stack
from wirewatch.local.files import write_secret
from wirewatch.local.processes import airflow_command
from wirewatch.local.state import Home
from wirewatch.settings import Settings

_PASSWORDS = sorted({"airflow", "wirewatch", "pipeline", "analyst", "editor", *airflow.LOGINS})
_KEYS = ("api_secret_key", "jwt_secret")
_KEY_BYTES = 64
_FERNET = "fernet_key"


def rotate(settings: Settings, say: Callable[[str], None]) -> None:
    """Rotates every secret of the local stack but the database's superuser's, which only `up` uses, and leaves
    Postgres running and Airflow stopped.

    Raises WirewatchError when there is no stack, or when Airflow can't encrypt its connections again.
    """
    found = stack.find(settings)
    say("stopping Airflow")
    stack.stop_airflow(found)
    home = found.home
    old_key = home.secret(_FERNET)
    for name in _PASSWORDS:
        _renew(home, f"password_{name}", 18)
    for name in _KEYS:
        _renew(home, name, _KEY_BYTES)
    (home.airflow / "passwords.json").unlink(missing_ok=True)
    say("giving the roles their new passwords")
    stack.up_database(settings, say)
    if (home.airflow / "migrated").exists():
        say("encrypting Airflow's connections anew")
        _rotate_fernet(settings, old_key)
    else:
        _renew(home, _FERNET, 32)


def _renew(home: Home, name: str, size: int) -> None:
    write_secret(home.path / "secrets" / name, _random(size))


def _random(size: int) -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(size)).decode()


def _rotate_fernet(settings: Settings, old: str) -> None:
    new = _random(32)
    home = stack.find(settings).home
    file = home.path / "secrets" / _FERNET
    # Airflow reads with any of the keys and writes with the first; an unfinished rotation left several.
    write_secret(file, f"{new},{old}")
    done = subprocess.run(
        airflow_command("rotate-fernet-key"),
        env=stack.find(settings).environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["no words"]
        raise WirewatchError(
            f"Airflow could not encrypt its connections anew: {last[0]}; old and new key are both in {file}, "
            "so that nothing is lost; fix it and run this again"
        )
    write_secret(file, new)
