"""The `wirewatch` command. Each command is a few lines; the work is in the rooms."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from wirewatch import __version__, jsonl
from wirewatch.errors import FileProblems, WarehouseError, WirewatchError
from wirewatch.records import ArticleText
from wirewatch.settings import Settings, unknown_names

app = typer.Typer(
    help="Watches the news wires for US–China military stories.", no_args_is_help=True, add_completion=False
)
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


def _say(line: str) -> None:
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


def _count(n: int, one: str) -> str:
    return f"{n} {one}" + ("" if n == 1 else "s")


def _given_uri(value: str | None) -> str | None:
    # `--warehouse "$UNSET"` must not fall back to the local warehouse.
    if value == "":
        raise WirewatchError("--warehouse is empty; leave it out to use the local stack's warehouse")
    return value


Uri = Annotated[
    str | None,
    typer.Option("--warehouse", "--dsn", callback=_given_uri, help="URI of the warehouse; default: the local stack's."),
]


def _warehouse_uri(given: str | None, settings: Settings) -> str:
    from wirewatch.local import stack

    return given or stack.find(settings).owner_dsn


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
        started = stack.up(settings, _say, adopt=adopt)
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
        _say(
            "Sites can't see who visits them. Say so: make down, then\n"
            "  WIREWATCH_CONTACT=https://your.page/or-mail@address make up"
        )


@app.command()
def down() -> None:
    """Stop everything that `up` started."""
    from wirewatch.local import stack

    settings = Settings.load()
    if not stack.is_set_up(settings):
        _say(f"no local stack in {settings.home.resolve()}: nothing to stop")
        return
    stack.down(settings, _say)


@app.command("install-service")
def install_service() -> None:
    """Let systemd start the stack after each reboot, and again when it ends."""
    from wirewatch.local.service import install

    install(Settings.load(), _say)


@app.command()
def demo(keep: Annotated[bool, typer.Option(help="Leave it running, to use the UI.")] = False) -> None:
    """Run the whole pipeline, under Airflow, on the bundled sample web; exit 1 when a result is wrong."""
    from wirewatch.demo import running as demonstration

    demonstration.run(Settings.load(), _say, keep=keep)


@app.command()
def reextract(
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Pages fetched since this day.")],
) -> None:
    """Extract articles again from the archive, without the network; a changed article gets a new version."""
    from wirewatch.articles.reextracting import reextract as read_again
    from wirewatch.local import stack
    from wirewatch.warehouse import Warehouse

    settings = Settings.load()
    with Warehouse(stack.find(settings).owner_dsn) as warehouse:
        done = read_again(warehouse, settings, since.replace(tzinfo=UTC))
    print(
        f"{_count(done.read, 'article')} extracted again: {done.changed} changed and got a new version, "
        f"{done.unreadable} could not be extracted and keep their version"
    )
    print(f"dropped entries that the next run of collect_articles tries again: {done.reopened}")


@app.command()
def relink(uri: Uri = None) -> None:
    """Find the copies of past articles again after an upgrade; can be interrupted and restarted."""
    from wirewatch.copies.linking import relink_outdated
    from wirewatch.topics.lexicons import lexicons
    from wirewatch.warehouse import Warehouse

    settings = Settings.load()
    with Warehouse(_warehouse_uri(uri, settings)) as warehouse:
        done = relink_outdated(warehouse, lambda: lexicons(warehouse, settings))
    print(
        f"{_count(done.linked, 'article')} linked again: {_count(done.links, 'link')} found, "
        f"{done.links_closed} closed, {done.stories_opened} stories opened, {done.stories_merged} merged"
    )


Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day (UTC).")]


@app.command()
def export(
    view: Annotated[str, typer.Argument(help="Name of a view, e.g. daily_events; docs/warehouse.md lists them.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    form: Annotated[str, typer.Option("--format", help="parquet, csv or rss; default: by the file name.")] = "",
    since: Day = None,
    until: Day = None,
    by: Annotated[str | None, typer.Option(help="The date or time column of the range.")] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="CSV: leave texts that a spreadsheet would run as formulas as they are.")
    ] = False,
    uri: Annotated[
        str | None,
        typer.Option(
            "--warehouse",
            "--dsn",
            envvar="WIREWATCH_DSN",
            callback=_given_uri,
            help="URI of the warehouse; default: the local stack's.",
        ),
    ] = None,
) -> None:
    """Write a view to a Parquet, CSV or RSS file; --since and --until (exclusive) select a range of days."""
    from wirewatch.local import stack
    from wirewatch.warehouse import Warehouse
    from wirewatch.warehouse.exporting import Format
    from wirewatch.warehouse.exporting import export as write

    if since and until and since >= until:
        raise WirewatchError("empty range: --since must be before --until")
    form = form or output.suffix.removeprefix(".").lower() or Format.PARQUET
    if form not in set(Format):
        raise WirewatchError(f"unknown format {form!r}: use --format with one of {', '.join(Format)}")
    days = {"since": since and since.date(), "until": until and until.date()}
    with Warehouse(uri or stack.find(Settings.load()).analyst_dsn) as warehouse:
        print(f"{output}: {write(warehouse, view, output, Format(form), by=by, raw=raw, **days)} rows")


@app.command()
def retention(
    drop: Annotated[bool, typer.Option("--drop", help="Drop the rows now, not at night.")] = False,
    uri: Uri = None,
) -> None:
    """Show which rows WIREWATCH_RETENTION would drop; --drop drops them."""
    from wirewatch.warehouse import Warehouse
    from wirewatch.warehouse.retention import drop_expired, expired

    settings = Settings.load()
    if not settings.retention:
        print("WIREWATCH_RETENTION is empty: everything is kept")
        return
    with Warehouse(_warehouse_uri(uri, settings)) as warehouse:
        parts = list(expired(warehouse, settings))
        for part in parts:
            print(f"{part.table}: {part.rows} rows")
        if not parts:
            print("no row is old enough: nothing to drop")
        elif drop:
            print(f"dropped: {drop_expired(warehouse, settings).rows} rows")


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


@app.command()
def check() -> None:
    """Validate settings, feeds.yaml and topic files; shows all mistakes at once."""
    from wirewatch.feeds.registry import load_registry
    from wirewatch.topics.rules import load_topics

    settings = Settings.load()
    problems = unknown_names()

    registry = topics = None
    try:
        registry = load_registry(settings.feeds)
    except FileProblems as error:
        problems.extend(map(str, error.problems))
    try:
        topics = load_topics(settings.topics)
    except FileProblems as error:
        problems.extend(map(str, error.problems))
    if registry is None or topics is None or problems:
        raise WirewatchError(f"{_count(len(problems), 'mistake')}\n" + "\n".join(problems))
    feeds = sum(len(outlet.feeds) for outlet in registry.outlets)
    print(f"{settings.feeds}: {len(registry.outlets)} outlets, {feeds} feeds")
    for topic in topics:
        print(f"{settings.topics}: topic {topic.name}, rules version {topic.version}")
        if topic.lost_weights:
            lost = ", ".join(topic.lost_weights)
            print(f"  note: {topic.model_file} has weights of entries that are gone or renamed: {lost}")


@app.command()
def migrate(
    dsn: Annotated[str, typer.Argument(help="URI of the warehouse; default: the local stack's.")] = "",
    uri: Uri = None,
) -> None:
    """Upgrade the schema of a warehouse to the newest version."""
    from wirewatch.warehouse.migrations import migrate as run

    applied = run(_warehouse_uri(dsn or uri, Settings.load()))
    for name in applied:
        print(f"applied {name}")
    if not applied:
        print("nothing to apply: the schema is up to date")


@app.command(hidden=True)
def prepare() -> None:
    """Create the databases and the login of a compose stack; its service airflow-init runs this."""
    from wirewatch.local.containers import prepare as run

    run(_say)


secrets = typer.Typer(help="Passwords and keys of the local stack.", no_args_is_help=True)
app.add_typer(secrets, name="secrets")


@secrets.command()
def rotate() -> None:
    """Replace all passwords and keys; stops Airflow, `make up` starts it again."""
    from wirewatch.operations.rotation import rotate as run

    run(Settings.load(), _say)
    print("all secrets were replaced; `make up` starts Airflow again and shows the new login")


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
    made = back_up(_warehouse_uri(uri, settings), settings, folder, copy_archive=archive)
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
    tables = run(uri or stack.up_database(settings, _say).owner_dsn, settings, folder)
    for table in tables:
        print(f"{table.name:32} {table.was.rows:>12} rows  {'equal' if table.equal else 'DIFFERS'}")
    print(f"{len(tables)} tables restored, counts and digests equal; `make up` starts the rest")


def _write(records: Iterable[jsonl.Record]) -> None:
    for record in records:
        jsonl.write_line(sys.stdout, record)


def _lines_in() -> Iterator[jsonl.Record | jsonl.BadLine]:
    if sys.stdin is None:
        raise WirewatchError("standard input is closed; send one JSON object per line to it")
    return jsonl.read_lines(sys.stdin.buffer)


def _need_jsonl(given: bool) -> None:
    if not given:
        raise WirewatchError("use --jsonl, and send one JSON object per line to standard input")


@app.command()
def extract(jsonl_: Jsonl = False) -> None:
    """Extract articles from pages: {id, url, html | html_base64} → {id, title, text, …}."""
    _need_jsonl(jsonl_)
    from wirewatch.articles.filters import extract_lines

    _write(extract_lines(_lines_in()))


@app.command()
def copies(jsonl_: Jsonl = False) -> None:
    """Find copies: {id, title, text, url, outlet, published_at} → {id, story, links}."""
    _need_jsonl(jsonl_)
    from wirewatch.copies.filters import copies_lines
    from wirewatch.topics.matching import Matcher
    from wirewatch.topics.rules import load_topics

    names = [Matcher(topic) for topic in load_topics(Settings.load().topics)]
    _write(copies_lines(_lines_in(), names))


@app.command()
def correct(
    kind: Annotated[str, typer.Argument(help="same_story, not_a_copy, origin, same_event, other_event or withdraw.")],
    article: Annotated[int, typer.Argument(help="An article by its id; for withdraw the number of the correction.")],
    other: Annotated[int | None, typer.Argument(help="The other article.")] = None,
    by: Annotated[str, typer.Option(help="Who says so.")] = "",
    note: Annotated[str | None, typer.Option(help="Why.")] = None,
    warehouse: Uri = None,
) -> None:
    """Say what a story or an event really is; every later linking obeys it."""
    from wirewatch.copies import correcting
    from wirewatch.warehouse import Warehouse

    if not by:
        raise WirewatchError("say who you are: --by NAME")
    with Warehouse(_warehouse_uri(warehouse, Settings.load())) as opened:
        if kind == "withdraw":
            correcting.withdraw(opened, article, by=by)
            print(f"correction {article} is withdrawn; the next linking takes it back")
            return
        number = correcting.correct(opened, kind, article, other, by=by, note=note)
    print(f"correction {number}: {correcting.KINDS[kind]}; the next linking obeys it")


@app.command()
def events(jsonl_: Jsonl = False) -> None:
    """Find events, articles in order of arrival: {id, title, text, …} → {id, story, event, storyline}."""
    _need_jsonl(jsonl_)
    from wirewatch.events.filters import events_lines
    from wirewatch.topics.matching import Matcher
    from wirewatch.topics.rules import load_topics

    names = [Matcher(topic) for topic in load_topics(Settings.load().topics)]
    _write(events_lines(_lines_in(), names))


@app.command()
def tag(jsonl_: Jsonl = False) -> None:
    """Tag topics: {id, title, text} → {id, topic, relevance, event, score, evidence}."""
    _need_jsonl(jsonl_)
    from wirewatch.topics.rules import load_topics
    from wirewatch.topics.tagging import tag_line

    topics = load_topics(Settings.load().topics)
    _write(jsonl.each(_lines_in(), lambda record: tag_line(record, topics)))


@app.command()
def train(
    topic: Annotated[str, typer.Argument(help="Name of the topic.")],
    labelled: Annotated[list[Path], typer.Option(help="JSON lines, as the Newsroom exports reviews.")],
    version: Annotated[str, typer.Option(help="Name of the new model.")],
    check: Annotated[
        Path | None, typer.Option(help="Frozen labelled articles: a model that is worse on them is refused.")
    ] = None,
) -> None:
    """Learn a topic's model from labelled articles; report it by source; write it beside the topic file."""
    from wirewatch.topics.rules import load_topics

    try:
        from wirewatch.topics.training import running
        from wirewatch.topics.training.items import read_records
    except ImportError as error:
        raise WirewatchError(f"{error.name} is missing: install the extra `train`") from None

    settings = Settings.load()
    topics = {found.name: found for found in load_topics(settings.topics)}
    if topic not in topics:
        raise WirewatchError(f"no topic {topic!r} in {settings.topics}; there are {', '.join(topics)}")
    try:
        records = [record for path in labelled for record in read_records(path)]
        trained = running.train(topics[topic], records, version, [running.digest_of(path) for path in labelled])
        print(*trained.lines, sep="\n")
        if check is not None:
            outcome = running.checked(topics[topic], trained.model, check)
            print(f"check set: {outcome}")
            if not outcome.passed:
                raise WirewatchError(f"the new model is worse on {check}: it was not written")
    except (ValueError, OSError) as error:
        raise WirewatchError(str(error)) from None
    path = settings.topics / topics[topic].model_file
    path.write_text(running.readable(trained.model.as_dict()), encoding="utf-8")
    print(f"wrote {path}; `wirewatch check`, then the next run of label_articles brings it into force")


@app.command()
def explain(
    source: Annotated[
        str | None, typer.Argument(help="A file (text, HTML or JSON), a URL, or - for standard input.")
    ] = None,
    article: Annotated[int | None, typer.Option(help="Id of an article in the warehouse, instead of a source.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only this topic; default: all topics.")] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the report, for the offices of persons.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show why an article has its tag: which terms matched, where, and what each adds to the score."""
    from wirewatch.topics.explaining import account_of, accounts_json
    from wirewatch.topics.rules import load_topics
    from wirewatch.topics.showing import shown

    settings = Settings.load()
    topics = {found.name: found for found in load_topics(settings.topics)}
    if topic is not None and topic not in topics:
        raise WirewatchError(f"unknown topic {topic!r}; {settings.topics} has {', '.join(topics)}")
    asked = _article_to_explain(source, article, settings)
    day = on.date() if on else None
    accounts = [account_of(asked, found, on=day) for name, found in topics.items() if topic in (None, name)]
    if json_:
        jsonl.write_line(sys.stdout, accounts_json(accounts))
        return
    for account in accounts:
        Console(highlight=False).print(shown(account), soft_wrap=not sys.stdout.isatty())


def _article_to_explain(source: str | None, article: int | None, settings: Settings) -> ArticleText:
    from wirewatch.articles.single import article_at, article_from_bytes, stored_article
    from wirewatch.local import stack
    from wirewatch.warehouse import Warehouse

    if source is None and article is not None:
        with Warehouse(stack.find(settings).owner_dsn) as warehouse:
            return stored_article(article, warehouse)
    if source is None or article is not None:
        raise WirewatchError("give a file, a URL, - for standard input, or --article with an id")
    if source.startswith(("http://", "https://")):
        # robots.txt and the next slot of each host are kept in the warehouse.
        with Warehouse(stack.find(settings).owner_dsn) as warehouse:
            return article_at(source, warehouse, settings)
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise WirewatchError(f"{source}: can't be read: {error.strerror}") from None
    return article_from_bytes(data, name="standard input" if source == "-" else source, now=datetime.now(UTC))


@app.command("parse-feed")
def parse_feed(files: list[Path], jsonl_: Jsonl = False) -> None:
    """Parse feed documents: one line per entry."""
    if not jsonl_:
        raise WirewatchError("use --jsonl, and give the files of the feeds")
    from wirewatch.feeds.filters import feed_lines

    _write(feed_lines(files))


if __name__ == "__main__":
    main()
