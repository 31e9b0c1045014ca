"""What the commands share: the application, its errors, options and output."""

from __future__ import annotations

import errno
import io
import os
import sys
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from wirewatch import __version__
from wirewatch.errors import WirewatchError
from wirewatch.settings import Settings

app = typer.Typer(help="Monitors news feeds for US–China military stories.", no_args_is_help=True, add_completion=False)


console = Console(stderr=True, highlight=False)


Jsonl = Annotated[bool, typer.Option("--jsonl", help="One JSON object per line in and out.")]


def main() -> None:
    """Entry point: an operator's mistake gives one message, never a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # JSON is UTF-8, whatever the terminal's locale says
    try:
        try:
            app()
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except WirewatchError as error:
        console.print(f"wirewatch: {error}", style="bold red", markup=False, soft_wrap=True)
        sys.exit(1)
    except BrokenPipeError:
        # The program that reads our output has closed it; nothing more can be written, not even at exit.
        _write_no_more()
        sys.exit(141)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _write_no_more()
        console.print("wirewatch: the disk is full, make room and run it again", style="bold red", soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _write_no_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(line: str) -> None:
    console.print(line, markup=False, soft_wrap=True)


def _version(asked: bool) -> None:
    if asked:
        print(f"wirewatch {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """The options above the commands."""


def counted(n: int, one: str) -> str:
    return f"{n} {one}" + ("" if n == 1 else "s")


def given_uri(value: str | None) -> str | None:
    # `--warehouse "$UNSET"` must not fall back to the local warehouse.
    if value == "":
        raise WirewatchError("--warehouse is empty; leave it out to use the local stack's warehouse")
    return value


Uri = Annotated[
    str | None,
    typer.Option("--warehouse", "--dsn", callback=given_uri, help="URI of the warehouse; default: the local stack's."),
]


def warehouse_uri(given: str | None, settings: Settings) -> str:
    from wirewatch.local import stack

    return given or stack.find(settings).owner_dsn


Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day (UTC).")]
