"""Commands of the stack on this machine, and on containers."""

from __future__ import annotations

import os
import sys
from typing import Annotated, NoReturn

import typer

from wirewatch.cli.base import app, console, say
from wirewatch.settings import Settings


@app.command()
def up(
    adopt: Annotated[
        bool, typer.Option(help="Give a home that was set up with other settings the present ones.")
    ] = False,
) -> None:
    """Start Postgres and Airflow on this machine; harmless when they run."""
    from wirewatch.local import stack

    settings = Settings.load()
    with console.status("starting"):
        started = stack.up(settings, say, adopt=adopt)
    kept = started.home.path / "secrets"
    # What isn't a terminal is a log, and others may read it.
    shown = sys.stdout.isatty()
    login = f"admin / {started.api.password}   (kept in {kept / 'password_admin'})"
    psql = f"psql {started.analyst_dsn}"
    print(
        f"""
Wirewatch is up.

  Airflow UI   {started.ui_address}
  login        {login if shown else f"admin, with the password in {kept / 'password_admin'}"}
  warehouse    {psql if shown else f"wirewatch psql (analyst, with the password in {kept / 'password_analyst'})"}

Feeds that are due are polled every 5 minutes; collecting and labelling start automatically.
  wirewatch status                        whether everything works
  wirewatch psql -c 'table news.ledger'   what became of every entry
  make down                               stops all of it; nothing is lost
  make install-service                    starts it after each reboot, too
"""
    )
    if settings.contact_is_ours:
        say(
            "Sites can't see who visits them. Say so: make down, then\n"
            "  WIREWATCH_CONTACT=https://your.page/or-mail@address make up"
        )


@app.command()
def down() -> None:
    """Stop everything that `up` started."""
    from wirewatch.local import stack

    settings = Settings.load()
    if not stack.is_set_up(settings):
        say(f"no local stack in {settings.home.resolve()}: nothing to stop")
        return
    stack.down(settings, say)


@app.command("install-service")
def install_service() -> None:
    """Let systemd start the stack after each reboot, and again when it ends."""
    from wirewatch.local.service import install

    install(Settings.load(), say)


@app.command()
def demo(keep: Annotated[bool, typer.Option(help="Leave it running, to use the UI.")] = False) -> None:
    """Run the whole pipeline, under Airflow, on the bundled sample web; exit 1 when a result is wrong."""
    from wirewatch.demo import running as demonstration

    demonstration.run(Settings.load(), say, keep=keep)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def psql(context: typer.Context) -> NoReturn:
    """Open psql on the warehouse as `analyst`; arguments go to psql."""
    from wirewatch.local import stack

    found = stack.find(Settings.load())
    program = str(found.postgres.bin / "psql")
    environment = {**os.environ, "PGPASSWORD": found.home.password("analyst")}
    os.execve(program, [program, found.postgres.address("warehouse", "analyst"), *context.args], environment)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def airflow(context: typer.Context) -> None:
    """Run an Airflow command in the local stack's environment."""
    from wirewatch.local import airflow as local_airflow
    from wirewatch.local import stack

    found = stack.find(Settings.load())
    raise typer.Exit(local_airflow.run_command(found.environment, context.args))


@app.command(hidden=True)
def prepare() -> None:
    """Create the databases and the login of a compose stack; its service airflow-init runs this."""
    from wirewatch.local.containers import prepare as run

    run(say)


secrets = typer.Typer(help="Passwords and keys of the local stack.", no_args_is_help=True)


app.add_typer(secrets, name="secrets")


@secrets.command()
def rotate() -> None:
    """Replace all passwords and keys; stops Airflow, `make up` starts it again."""
    from wirewatch.operations.rotation import rotate as run

    run(Settings.load(), say)
    print("all secrets were replaced; `make up` starts Airflow again and shows the new login")
