"""Commands for the operator: status, doctor, backup, restore."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wirewatch.cli.base import Uri, app, say, warehouse_uri
from wirewatch.errors import WarehouseError, WirewatchError
from wirewatch.settings import Settings


@app.command()
def status(uri: Uri = None) -> None:
    """Show on one screen whether everything works: lag, feeds, runs, alarms, disk; exit 1 when something does not."""
    from wirewatch.local import stack
    from wirewatch.operations.local import look_at
    from wirewatch.operations.status import Local, read_status, screen
    from wirewatch.warehouse import Warehouse

    settings = Settings.load()
    found = None if uri else stack.find(settings)
    local = look_at(found) if found else Local()
    try:
        with Warehouse(found.owner_dsn if found else uri or "", application="wirewatch status") as warehouse:
            status = read_status(warehouse, settings, local)
    except WarehouseError as error:
        raise WirewatchError("\n".join(local.problems) or str(error)) from None
    Console(width=None if sys.stdout.isatty() else 160, highlight=False).print(screen(status))
    raise typer.Exit(1 if status.troubles else 0)


@app.command()
def doctor(uri: Uri = None) -> None:
    """Check the installation and configuration, and say how to fix each problem; exit 1 on errors."""
    from wirewatch.local import stack
    from wirewatch.operations.doctor import Grade, examine

    signs = {Grade.GOOD: "ok     ", Grade.WARNING: "warning", Grade.ERROR: "ERROR  "}
    grades = []
    for diagnosis in examine(stack.find, uri or ""):
        grades.append(diagnosis.grade)
        print(f"{signs[diagnosis.grade]}  {diagnosis.what}")
        if diagnosis.fix:
            print(f"         fix: {diagnosis.fix}")
    raise typer.Exit(1 if Grade.ERROR in grades else 0)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    uri: Uri = None,
    archive: Annotated[bool, typer.Option(help="Copy the archive too, or only list its files.")] = True,
) -> None:
    """Back up the warehouse and its archive while the pipeline runs."""
    from wirewatch.operations.backup import back_up

    settings = Settings.load()
    made = back_up(warehouse_uri(uri, settings), settings, folder, copy_archive=archive)
    size = sum(file.size for file in made.archive.values())
    print(f"{folder}: {len(made.tables)} tables, {sum(table.rows for table in made.tables.values())} rows")
    print(f"{folder}: {len(made.archive)} archive files, {size} bytes, {'copied' if archive else 'listed'}")


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that `wirewatch backup` wrote.")], uri: Uri = None
) -> None:
    """Restore a backup into an empty warehouse and compare all tables; default: into a new local stack."""
    from wirewatch.local import stack
    from wirewatch.operations.restore import check_backup
    from wirewatch.operations.restore import restore as run

    settings = Settings.load()
    if not uri:
        check_backup(settings, folder)  # before a database is created for it
    tables = run(uri or stack.up_database(settings, say).owner_dsn, settings, folder)
    for table in tables:
        print(f"{table.name:32} {table.was.rows:>12} rows  {'equal' if table.equal else 'DIFFERS'}")
    print(f"{len(tables)} tables restored, counts and digests equal; `make up` starts the rest")
