"""Commands for the registry of feeds: try, add, list, pause, and exchange with feed readers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from wirewatch.cli.base import Uri, app, counted, say, warehouse_uri
from wirewatch.errors import WirewatchError
from wirewatch.settings import Settings

if TYPE_CHECKING:
    from wirewatch.feeds.registry import Outlet, Registry
    from wirewatch.intake.discovery import FoundFeed, Reading, SiteLook
    from wirewatch.intake.proposing import Proposal
    from wirewatch.warehouse import Warehouse

feed = typer.Typer(help="Try, add, list and pause feeds; exchange them as OPML.", no_args_is_help=True)
app.add_typer(feed, name="feed")

_TAKEN_OVER = "the next run of poll_feeds takes it over"

Which = Annotated[str, typer.Argument(help="Address of a feed, or key of an outlet: all its feeds.")]
Items = Annotated[int, typer.Option(min=0, max=20, help="How many of the newest items are read.")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")]
Country = Annotated[str | None, typer.Option(help="Country of the publisher: US, TW, GB …")]
Language = Annotated[str | None, typer.Option(help="en, ja, zh-Hans, zh-Hant …")]
Kind = Annotated[str | None, typer.Option(help="newspaper, official, broadcaster …; see the top of feeds.yaml.")]
Ownership = Annotated[str | None, typer.Option(help="Who owns or controls it, in words.")]
Press = Annotated[str | None, typer.Option(help="official, state, public, independent or other.")]
Perspective = Annotated[str | None, typer.Option(help="us, prc, taiwan …; default: by the country.")]


@feed.command("try")
def try_feed(
    url: Annotated[str, typer.Argument(help="Address of a site, a page or a feed.")], items: Items = 3, uri: Uri = None
) -> None:
    """Find a site's feeds and show how their newest items would be read; changes nothing."""
    with _opened(uri) as (settings, warehouse):
        look = _look(url, warehouse, settings)
        _show(look.feeds)
        _show_readings(_readings(look.feeds, items, warehouse, settings))


@feed.command("add")
def add_feed(
    url: Annotated[str, typer.Argument(help="Address of a site, a page or a feed.")],
    choose: Annotated[str | None, typer.Option(help="Which of several feeds: 1,3 or all.")] = None,
    outlet: Annotated[str | None, typer.Option(help="Key of an outlet in feeds.yaml that the feed belongs to.")] = None,
    key: Annotated[str | None, typer.Option(help="Key of the new outlet.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the new outlet.")] = None,
    country: Country = None,
    language: Language = None,
    kind: Kind = None,
    ownership: Ownership = None,
    press: Press = None,
    perspective: Perspective = None,
    timezone: Annotated[str | None, typer.Option(help="Zone of dates without one, e.g. Asia/Taipei.")] = None,
    items: Items = 3,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: take what is proposed.")] = False,
    dry_run: Dry = False,
    uri: Uri = None,
) -> None:
    """Find a site's feeds, show how they would be read, and add them to feeds.yaml."""
    from wirewatch.feeds.registry import load_registry
    from wirewatch.intake import adding
    from wirewatch.intake.proposing import Proposal

    ask = sys.stdin is not None and sys.stdin.isatty() and not yes
    given = Proposal(key, name, None, country, language, kind, ownership, press, perspective, timezone)
    with _opened(uri) as (settings, warehouse):
        registry = load_registry(settings.feeds)
        look = _look(url, warehouse, settings)
        _show(look.feeds)
        chosen = _chosen(look.feeds, choose, ask=ask)
        adding.refuse_known(registry, chosen)
        addition = adding.addition(registry, look, chosen, given, outlet)
        _show_readings(_readings(chosen, items, warehouse, settings, zone=addition.zone))
    if ask and addition.proposal is not None:
        addition = addition.with_proposal(_asked(addition.proposal))
    before = _read(settings.feeds)
    after, block = addition.applied(before, file=str(settings.feeds))
    print(f"\n{block}")
    if dry_run or (ask and not typer.confirm(f"write this to {settings.feeds}?", default=True)):
        print("nothing was written")
        return
    _replace(settings.feeds, before, after)
    print(f"written to {settings.feeds}; {_TAKEN_OVER}")


@feed.command("list")
def list_feeds(
    words: Annotated[str, typer.Argument(help="Only feeds with these words in outlet, name, address or health.")] = "",
    uri: Uri = None,
) -> None:
    """List the feeds of feeds.yaml with their health; paused ones are called paused."""
    from wirewatch.feeds.registry import load_registry

    settings = Settings.load()
    health = _health(uri, settings)
    table = Table("outlet", "feed", "health", "last poll", "new in 7 days", "address", box=None, pad_edge=False)
    for outlet in load_registry(settings.feeds).outlets:
        for listed in outlet.feeds:
            known = health.get(listed.url, ("", "", ""))
            row = (
                outlet.key,
                listed.name,
                "paused" if not listed.enabled else known[0] or "new",
                *known[1:],
                listed.url,
            )
            if words.lower() in " ".join(row).lower():
                table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 250, highlight=False).print(table)
    print(counted(table.row_count, "feed"))


@feed.command()
def pause(which: Which) -> None:
    """Stop polling a feed; what was read from it stays."""
    _switch(which, enabled=False)


@feed.command()
def resume(
    which: Which,
) -> None:
    """Poll a paused feed again."""
    _switch(which, enabled=True)


@feed.command("import")
def import_opml(
    file: Annotated[Path, typer.Argument(help="A list of feeds as OPML, as feed readers export it.")],
    country: Country = None,
    language: Language = None,
    kind: Kind = None,
    ownership: Ownership = None,
    press: Press = None,
    perspective: Perspective = None,
    dry_run: Dry = False,
) -> None:
    """Add the feeds of an OPML list to feeds.yaml; the options hold where addresses don't tell. Visits nothing."""
    from wirewatch.feeds.registry import load_registry
    from wirewatch.intake import adding
    from wirewatch.intake.opml import read_opml
    from wirewatch.intake.proposing import Proposal

    settings = Settings.load()
    given = Proposal(None, None, None, country, language, kind, ownership, press, perspective)
    listed = read_opml(_read(file), file=str(file))
    before = _read(settings.feeds)
    added = adding.add_listed(load_registry(settings.feeds), before, listed, given, file=str(settings.feeds))
    print(
        f"{counted(added.feeds, 'feed')} new, in {counted(added.outlets, 'new outlet')} and "
        f"{counted(added.outlets_known, 'known one')}; {added.known} are in {settings.feeds} already"
    )
    if not dry_run and added.feeds:
        _replace(settings.feeds, before, added.data)
        print(f"written to {settings.feeds}; {_TAKEN_OVER}")


@feed.command("export")
def export_opml(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A new file; default: the screen.")] = None,
) -> None:
    """Write the feeds of feeds.yaml as OPML, for feed readers."""
    from wirewatch.feeds.registry import load_registry
    from wirewatch.intake.opml import write_opml

    written = write_opml(load_registry(Settings.load().feeds))
    if output is None:
        sys.stdout.write(written.decode())
        return
    try:
        output.write_bytes(written)
    except OSError as error:
        raise WirewatchError(f"{output}: can't be written: {error.strerror}") from None


@contextmanager
def _opened(uri: str | None) -> Iterator[tuple[Settings, Warehouse]]:
    from wirewatch.warehouse import Warehouse

    settings = Settings.load()
    # robots.txt and the next slot of each host are kept in the warehouse.
    with Warehouse(warehouse_uri(uri, settings), application="wirewatch feed") as warehouse:
        yield settings, warehouse


def _look(url: str, warehouse: Warehouse, settings: Settings) -> SiteLook:
    from wirewatch.intake.trying import look_at

    address = url if "://" in url else f"https://{url}"
    return look_at(address, warehouse, settings, say)


def _readings(
    feeds: tuple[FoundFeed, ...], n: int, warehouse: Warehouse, settings: Settings, *, zone: str | None = None
) -> list[Reading]:
    from wirewatch.intake.trying import read_newest

    if n:
        say(f"reading the newest {counted(n, 'item')}, one visit every {settings.host_delay_s:g} seconds")
    return read_newest(feeds, n, warehouse, settings, zone=zone) if n else []


def _show(feeds: tuple[FoundFeed, ...]) -> None:
    print(f"\n{counted(len(feeds), 'feed')} found")
    for n, found in enumerate(feeds, 1):
        newest = f"newest {found.newest_at:%Y-%m-%d %H:%M} UTC" if found.newest_at else "without dates"
        print(f"  {n}  {found.url}\n     {found.title or 'no title'}: {found.parsed.kind}, "
              f"{counted(len(found.parsed.entries), 'item')}, {newest}")  # fmt: skip


def _show_readings(readings: list[Reading]) -> None:
    for reading in readings:
        print(f"\n  {reading.entry.title or 'no title'}\n  {reading.entry.url}")
        if reading.article is None:
            print(f"  not read: {reading.problem}")
            continue
        article = reading.article
        when = (
            f"{article.published_at:%Y-%m-%d %H:%M} UTC ({article.published_source})"
            if article.published_at
            else "no date"
        )
        print(f"  read as: {article.title}\n  {len(article.text):,} characters, {article.language}, {when}, "
              f"by {', '.join(article.authors) or 'nobody named'}")  # fmt: skip


def _chosen(feeds: tuple[FoundFeed, ...], choose: str | None, *, ask: bool) -> tuple[FoundFeed, ...]:
    if choose is None and len(feeds) > 1:
        if not ask:
            raise WirewatchError(f"{len(feeds)} feeds: say which with --choose 1,3 or --choose all")
        choose = typer.prompt("which feeds? 1,3 or all", default="1")
    if choose in (None, "all"):
        return feeds
    try:
        return tuple(feeds[{n: n - 1 for n in range(1, len(feeds) + 1)}[int(n)]] for n in str(choose).split(","))
    except (ValueError, KeyError):
        raise WirewatchError(f"--choose {choose}: give numbers from 1 to {len(feeds)} with commas, or all") from None


def _asked(proposal: Proposal) -> Proposal:
    """The proposal as somebody at the terminal changes it."""
    from dataclasses import replace

    from wirewatch.intake.proposing import REQUIRED

    return replace(proposal, **{name: typer.prompt(name, default=getattr(proposal, name)) for name in REQUIRED})


def _switch(which: str, *, enabled: bool) -> None:
    from wirewatch.feeds.registry import load_registry
    from wirewatch.feeds.registry_edit import set_enabled

    settings = Settings.load()
    before = _read(settings.feeds)
    urls = _urls_of(load_registry(settings.feeds), which)
    after = set_enabled(before, urls, enabled, file=str(settings.feeds))
    word = "resumed" if enabled else "paused"
    if after == before:
        print(f"nothing to do: {which} is {'polled' if enabled else 'paused'} already")
        return
    _replace(settings.feeds, before, after)
    print(f"{word}: {', '.join(urls)}; {_TAKEN_OVER}")


def _urls_of(registry: Registry, which: str) -> list[str]:
    outlets: list[Outlet] = [outlet for outlet in registry.outlets if outlet.key == which]
    return [listed.url for outlet in outlets for listed in outlet.feeds] or [which]


def _health(uri: str | None, settings: Settings) -> dict[str, tuple[str, str, str]]:
    """Address → health, last poll and new entries of a week; empty where there is no warehouse yet."""
    from wirewatch.local import stack
    from wirewatch.warehouse import Warehouse

    if not uri and not stack.is_set_up(settings):
        say("no local stack yet: no health is known")
        return {}
    with (
        Warehouse(warehouse_uri(uri, settings), application="wirewatch feed") as warehouse,
        warehouse.transaction() as rows,
    ):
        found = rows.health_of_feeds()
    return {
        row.url: (row.health, f"{row.last_polled_at:%Y-%m-%d %H:%M}" if row.last_polled_at else "", str(row.entries_7d))
        for row in found
    }


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WirewatchError(f"{file}: can't be read: {error.strerror}") from None


def _replace(file: Path, before: bytes, after: bytes) -> None:
    """Write `after` to the file in one step, unless somebody changed it since it was read."""
    if _read(file) != before:
        raise WirewatchError(f"{file}: changed meanwhile by somebody else; run it again")
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_bytes(after)
        beside.chmod(file.stat().st_mode & 0o777)
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise WirewatchError(f"{file}: can't be written: {error.strerror}") from None
