"""What a replay left: every listed item against the ledger, every page against the archive, the warehouse's checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.soak.recorded.web import RecordedWeb
from wirewatch.alarms.watching import Unsound, assert_sound
from wirewatch.errors import ArchiveError
from wirewatch.records import ArchiveLocation
from wirewatch.warehouse import Warehouse
from wirewatch.web.archive import Archive


@dataclass(frozen=True, slots=True)
class Account:
    """The comparison. All three lists are empty when nothing was lost."""

    listed: int
    """Items that a feed listed to the pipeline, each once however often it was listed."""
    unaccounted: tuple[str, ...]
    """Items that no entry stands for."""
    twice: tuple[str, ...]
    """Items that several entries stand for."""
    never_listed: tuple[str, ...]
    """Entries that no feed listed."""

    @property
    def balances(self) -> bool:
        """Whether every listed item is exactly one entry, and every entry a listed item."""
        return not (self.unaccounted or self.twice or self.never_listed)


def account(web: RecordedWeb, entries: Iterable[Any]) -> Account:
    """Compares what `web` listed with the `entries` of the warehouse (rows with feed, identity, url and title).

    An entry stands for the item of its feed with the same key; when the feed had no key for it, for the item at its
    address (trackers aside); when it has no address either, for the one with its title.
    """
    titles: dict[tuple[str, str], str] = {}
    for (feed, key), listed in web.listed.items():
        titles[feed, listed.item.title] = key
    standing: Counter[tuple[str, str]] = Counter()
    never_listed = []
    for entry in entries:
        key = _key_of(web, entry, titles)
        if key is None:
            never_listed.append(f"{entry.feed} {entry.identity}")
        else:
            standing[entry.feed, key] += 1
    return Account(
        listed=len(web.listed),
        unaccounted=_words(place for place in web.listed if not standing[place]),
        twice=_words(place for place, times in standing.items() if times > 1),
        never_listed=tuple(never_listed),
    )


def _key_of(web: RecordedWeb, entry: Any, titles: dict[tuple[str, str], str]) -> str | None:
    if (entry.feed, entry.identity) in web.listed:
        return entry.identity
    if entry.url is not None:
        return web.key_at(entry.feed, entry.url)
    return titles.get((entry.feed, entry.title))


def _words(places: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{feed} {key}" for feed, key in places)


def unsound_checks(warehouse: Warehouse) -> str | None:
    """What the warehouse's own checks found."""
    try:
        assert_sound(warehouse)
    except Unsound as error:
        return str(error)
    return None


def bad_pages(archive: Archive, pages: list[Any]) -> Iterator[str]:
    """Archived pages that can't be read back, or are not what was stored."""
    for page in pages:
        place = ArchiveLocation(page.archive_file, page.archive_offset, page.archive_length, page.digest)
        try:
            archive.read(place)
        except ArchiveError as error:
            yield str(error)
