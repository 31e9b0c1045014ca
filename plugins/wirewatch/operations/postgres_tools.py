"""pg_dump and pg_restore, from the same bin directory as the local mode's server (`WIREWATCH_POSTGRES_BIN`)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from wirewatch.errors import ConfigurationError
from wirewatch.local.postgres import choose_bin, installed_bins, major_of, wheel_if_any
from wirewatch.operations.manifest import BackupError
from wirewatch.settings import Settings


def run_tool(settings: Settings, name: str, dsn: str, *arguments: str | Path) -> None:
    """Runs a tool of PostgreSQL's on the database at `dsn`; the password goes through the environment.

    Raises ConfigurationError where there is no such tool, BackupError with what it said when it fails.
    """
    program = _folder(settings) / name
    if not program.exists():
        raise ConfigurationError(
            f"WIREWATCH_POSTGRES_BIN={program.parent}: no {name} there; "
            "name the bin directory of PostgreSQL 15 or newer"
        )
    address, password = _without_password(dsn)
    environment = {**os.environ, "PGPASSWORD": password} if password else dict(os.environ)
    done = subprocess.run(
        [program, f"--dbname={address}", "--no-password", *arguments],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise BackupError(f"{name} failed: {done.stderr.strip()}")


def _folder(settings: Settings) -> Path:
    """The server's own tools; for a server that is not this home's the newest, since they read older ones, too."""
    home = settings.home / "postgres"
    if settings.postgres_bin or (home / "data" / "PG_VERSION").exists():
        return choose_bin(home, settings.postgres_bin, installed_bins())
    return max([*installed_bins(), *wheel_if_any()], key=major_of, default=settings.home)


def _without_password(dsn: str) -> tuple[str, str | None]:
    parts = urlsplit(dsn)
    user, _, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    netloc = f"{name}@{host}" if name else host
    return urlunsplit(parts._replace(netloc=netloc)), unquote(password) or None
