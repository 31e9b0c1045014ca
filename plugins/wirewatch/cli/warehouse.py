"""Commands that work on what the warehouse keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from wirewatch.cli.base import Day, Uri, app, counted, given_uri, warehouse_uri
from wirewatch.errors import FileProblems, WirewatchError
from wirewatch.settings import Settings, unknown_names


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
        f"{counted(done.read, 'article')} extracted again: {done.changed} changed and got a new version, "
        f"{done.unreadable} could not be extracted and keep their version"
    )
    print(f"dropped entries that the next run of collect_articles tries again: {done.reopened}")


@app.command("import")
def import_pages(
    files: Annotated[list[Path], typer.Argument(help="WARC files, JSON lines or lists of addresses; .gz too.")],
    outlet: Annotated[str, typer.Option(help="Key of the outlet that pages at unknown sites belong to.")],
    uri: Uri = None,
) -> None:
    """Import pages of the past; killed or interrupted, it can be run again: every item is taken once."""
    from wirewatch.cli.base import say
    from wirewatch.intake.importing import import_file
    from wirewatch.warehouse import Warehouse

    settings = Settings.load()
    with Warehouse(warehouse_uri(uri, settings), application="wirewatch import") as warehouse:
        for file in files:
            done = import_file(warehouse, settings, file, outlet, say)
            print(f"{file}: {counted(done.taken, 'item')} imported, {done.known} known already, {done.bad} unusable")
    print("the next runs of collect_articles read them, after what feeds list now")


@app.command()
def relink(uri: Uri = None) -> None:
    """Find the copies of past articles again after an upgrade; can be interrupted and restarted."""
    from wirewatch.copies.linking import relink_outdated
    from wirewatch.topics.lexicons import lexicons
    from wirewatch.warehouse import Warehouse

    settings = Settings.load()
    with Warehouse(warehouse_uri(uri, settings)) as warehouse:
        done = relink_outdated(warehouse, lambda: lexicons(warehouse, settings))
    print(
        f"{counted(done.linked, 'article')} linked again: {counted(done.links, 'link')} found, "
        f"{done.links_closed} closed, {done.stories_opened} stories opened, {done.stories_merged} merged"
    )


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
            callback=given_uri,
            help="URI of the warehouse; default: the local stack's.",
        ),
    ] = None,
) -> None:
    """Write a view to a Parquet, CSV or RSS file; --since and --until (exclusive) select a range of days."""
    from wirewatch.local import stack
    from wirewatch.warehouse import Warehouse
    from wirewatch.warehouse.exporting import ExportFormat
    from wirewatch.warehouse.exporting import export as write

    if since and until and since >= until:
        raise WirewatchError("empty range: --since must be before --until")
    form = form or output.suffix.removeprefix(".").lower() or ExportFormat.PARQUET
    if form not in set(ExportFormat):
        raise WirewatchError(f"unknown format {form!r}: use --format with one of {', '.join(ExportFormat)}")
    days = {"since": since and since.date(), "until": until and until.date()}
    with Warehouse(uri or stack.find(Settings.load()).analyst_dsn) as warehouse:
        print(f"{output}: {write(warehouse, view, output, ExportFormat(form), by=by, raw=raw, **days)} rows")


@app.command()
def brief(
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Which day (UTC).")],
    output: Annotated[Path, typer.Option("--output", "-o", help="An .html or .pdf file.")],
    topic: Annotated[str | None, typer.Option(help="Which topic.")] = None,
    address: Annotated[
        str, typer.Option(help="Where the Newsroom is: links lead there.")
    ] = "http://localhost:8080/newsroom",
    uri: Uri = None,
) -> None:
    """Write the brief of a day: what is new, who was first, what nobody else has, what changed."""
    from wirewatch.newsroom.brief import as_document, read_brief
    from wirewatch.warehouse import Warehouse

    with Warehouse(warehouse_uri(uri, Settings.load())) as warehouse, warehouse.transaction() as rows:
        found = next((one for one in rows.topics_to_choose() if topic in (None, one.topic)), None)
        if found is None:
            raise WirewatchError(f"no topic {topic!r} is in force")
        document = as_document(read_brief(rows, found, day.date()), address)
    if output.suffix == ".pdf":
        _write_pdf(document, output)
    else:
        output.write_text(document, encoding="utf-8")
    print(output)


def _write_pdf(document: str, output: Path) -> None:
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        raise WirewatchError(
            f"a PDF needs the extra `pdf` and the system library Pango ({error}); an .html file needs neither"
        ) from None
    HTML(string=document).write_pdf(output)


@app.command()
def release(
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day (UTC).")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day after the last one.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to make.")],
    uri: Uri = None,
) -> None:
    """Write data of a time that can be cited: Parquet, data package, codebook; texts are withheld."""
    from wirewatch.release.writing import write_release
    from wirewatch.warehouse import Warehouse

    with Warehouse(warehouse_uri(uri, Settings.load())) as warehouse:
        made = write_release(warehouse, output, since.date(), until.date())
    for one in made.resources:
        print(f"{output / one.path}: {one.rows} rows")


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
    with Warehouse(warehouse_uri(uri, settings)) as warehouse:
        parts = list(expired(warehouse, settings))
        for part in parts:
            print(f"{part.table}: {part.rows} rows")
        if not parts:
            print("no row is old enough: nothing to drop")
        elif drop:
            print(f"dropped: {drop_expired(warehouse, settings).rows} rows")


@app.command()
def check() -> None:
    """Validate settings, feeds.yaml, topic files and watches.yaml; shows all mistakes at once."""
    from wirewatch.feeds.registry import load_registry
    from wirewatch.topics.rules import load_topics
    from wirewatch.watches.watch_file import load_watches

    settings = Settings.load()
    problems = unknown_names()

    registry = topics = None
    watches: Sequence[object] = ()
    try:
        registry = load_registry(settings.feeds)
    except FileProblems as error:
        problems.extend(map(str, error.problems))
    try:
        topics = load_topics(settings.topics)
    except FileProblems as error:
        problems.extend(map(str, error.problems))
    try:
        watches = load_watches(settings.watches)
    except FileProblems as error:
        problems.extend(map(str, error.problems))
    if registry is None or topics is None or problems:
        raise WirewatchError(f"{counted(len(problems), 'mistake')}\n" + "\n".join(problems))
    feeds = sum(len(outlet.feeds) for outlet in registry.outlets)
    print(f"{settings.feeds}: {len(registry.outlets)} outlets, {feeds} feeds")
    print(f"{settings.watches}: {len(watches)} watches")
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

    applied = run(warehouse_uri(dsn or uri, Settings.load()))
    for name in applied:
        print(f"applied {name}")
    if not applied:
        print("nothing to apply: the schema is up to date")


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
    with Warehouse(warehouse_uri(warehouse, Settings.load())) as opened:
        if kind == "withdraw":
            correcting.withdraw(opened, article, by=by)
            print(f"correction {article} is withdrawn; the next linking takes it back")
            return
        number = correcting.correct(opened, kind, article, other, by=by, note=note)
    print(f"correction {number}: {correcting.KINDS[kind]}; the next linking obeys it")


@app.command()
def cold(
    month: Annotated[datetime | None, typer.Argument(formats=["%Y-%m"], help="Move this month; default: list.")] = None,
    uri: Uri = None,
) -> None:
    """List the months whose texts are in files, or move one to files (2026-03): texts, fingerprints, past evidence."""
    from wirewatch.warehouse import Warehouse
    from wirewatch.warehouse.cold import cool, list_months

    settings = Settings.load()
    with Warehouse(warehouse_uri(uri, settings)) as warehouse:
        if month is not None:
            moved = cool(warehouse, settings, month.date())
            print(f"{month:%Y-%m}: {counted(moved.articles, 'article')}, {moved.bytes} bytes under {settings.cold_url}")
            return
        months = list_months(warehouse, settings)
    for one in months:
        where = f"{one.bytes} bytes in files" if one.cold else f"to be moved, {one.waiting} still to be done"
        print(f"{one.month:%Y-%m}: {counted(one.articles, 'article')}, {where}")
    if not months:
        print("no month is in files, and none is due: WIREWATCH_COLD_MONTHS says after how many months one is")


@app.command()
def thaw(
    month: Annotated[datetime, typer.Argument(formats=["%Y-%m"], help="The month to bring back, e.g. 2026-03.")],
    uri: Uri = None,
) -> None:
    """Bring a month back from its files: its texts are searched, tagged and compared again."""
    from wirewatch.warehouse import Warehouse
    from wirewatch.warehouse.cold import thaw as bring_back

    with Warehouse(warehouse_uri(uri, Settings.load())) as warehouse:
        print(f"{month:%Y-%m}: {counted(bring_back(warehouse, month.date()).articles, 'article')} are back")


@app.command()
def text(
    article: Annotated[int, typer.Argument(help="Number of the article, as in news.articles.")],
    version: Annotated[int | None, typer.Option(help="Which version; default: the present one.")] = None,
    uri: Uri = None,
) -> None:
    """Print the text of an article, from the warehouse or from the file of its month."""
    from wirewatch.warehouse import Warehouse
    from wirewatch.warehouse.cold import cold_texts

    with Warehouse(warehouse_uri(uri, Settings.load())) as warehouse, warehouse.transaction() as rows:
        found = rows.article_version_text(article_id=article, version=version)
        if found is None:
            raise WirewatchError(f"there is no article {article}, or it has no version {version}")
        print(found.text or cold_texts(rows, article).get(found.version, ""))


@app.command()
def delete_article(
    article: Annotated[str, typer.Argument(help="The article: its number in news.articles, or an address of it.")],
    by: Annotated[str, typer.Option(help="Who deletes it.")] = "",
    reason: Annotated[str, typer.Option(help="Why; kept in news.deletions.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    uri: Uri = None,
) -> None:
    """Delete one article everywhere, as law may ask: tables, search, archive; it is not collected again."""
    from wirewatch.events.assigning import assign_events
    from wirewatch.operations.deleting import delete_article as delete
    from wirewatch.operations.deleting import find_article
    from wirewatch.warehouse import Warehouse
    from wirewatch.warehouse.tending import refresh_nightly_views, refresh_views

    if not by or not reason:
        raise WirewatchError("say who deletes it and why: --by NAME --reason TEXT")
    settings = Settings.load()
    with Warehouse(warehouse_uri(uri, settings)) as warehouse:
        found = find_article(warehouse, article)
        print(f"article {found.article_id} of {found.outlet}: {found.title}\n{found.url}")
        if not yes and not typer.confirm("Delete it? This can't be undone"):
            raise typer.Exit(1)
        done = delete(warehouse, settings, found, by=by, reason=reason)
        assign_events(warehouse, settings)
        refresh_views(warehouse)
        refresh_nightly_views(warehouse)
    print(
        f"deleted, with {counted(done.pages, 'page')} of the archive; stories decided again for "
        f"{counted(done.others, 'other article')}, which the next run of label_articles compares again"
    )
    print("backups and exports that were made before still have it: docs/operations.md, Deleting an article")
