"""Which known entry a listed item is, pure; the theory is in docs/feeds.md ("Identity").

An item is looked for among the entries that its feed lists or listed lately, by rules from the surest to the weakest:

    1. the same identity and title
    2. the same address and title, and no other date: its guid changed
    3. the same identity but for scheme, `www.` or a trailing slash
    4. the same identity: its words changed
    5. the same title and date at the same host: its address changes from poll to poll
    6. the same title at the same host, where most of a document has no match else: so it does without dates

Each entry is taken by one item, and each item takes one entry.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from wirewatch.records import Entry
from wirewatch.text import urls

_LEAST_ALIKE = 2
_MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry of the feed, as far as it tells whether an item is it."""

    entry_id: int
    identity: str
    url: str | None
    url_key: str | None
    title: str
    published_at: datetime | None
    digest: str
    revision: int


@dataclass(frozen=True, slots=True)
class EntryMatch:
    """The known entry that an item is."""

    known: KnownEntry
    moved: bool
    """Its address changes from poll to poll: the known one stays."""


def match(items: Sequence[Entry], known: Sequence[KnownEntry]) -> dict[int, EntryMatch]:
    """For the items, by their place, the entries that they are; items without one are new."""
    found: dict[int, EntryMatch] = {}
    taken: set[int] = set()

    def take(
        rule: Callable[[Entry, KnownEntry], bool], keys: Callable[[Entry], str], of: Callable[[KnownEntry], str]
    ) -> None:
        moved = keys is _words
        free: dict[str, list[KnownEntry]] = {}
        for entry in known:
            if entry.entry_id not in taken:
                free.setdefault(of(entry), []).append(entry)
        for place, item in enumerate(items):
            if place in found:
                continue
            chosen = next((e for e in free.get(keys(item), ()) if e.entry_id not in taken and rule(item, e)), None)
            if chosen is not None:
                found[place] = EntryMatch(chosen, moved)
                taken.add(chosen.entry_id)

    take(lambda item, entry: item.title == entry.title, _identity, lambda entry: entry.identity)
    take(_same_story, lambda item: _key(item.url), lambda entry: entry.url_key or "-")
    take(lambda item, entry: True, _folded_identity, lambda entry: _folded(entry.identity))
    take(lambda item, entry: True, _identity, lambda entry: entry.identity)
    take(_same_moment, _words, lambda entry: entry.title)
    left = [item for place, item in enumerate(items) if place not in found]
    titles = Counter(entry.title for entry in known if entry.entry_id not in taken)
    alike = sum(1 for item in left if titles[item.title] == 1)
    if alike >= _LEAST_ALIKE and alike > _MOSTLY * len(left) and len(left) > _MOSTLY * len(items):
        take(lambda item, entry: _undated_alike(item, entry, titles), _words, lambda entry: entry.title)
    return found


def _identity(item: Entry) -> str:
    return item.identity


def _folded_identity(item: Entry) -> str:
    return _folded(item.identity)


def _words(item: Entry) -> str:
    return item.title


def _key(url: str | None) -> str:
    return urls.url_key(url) if url else ""


def _folded(identity: str) -> str:
    """An identity without what a site changes when it moves to https or tidies its addresses."""
    return re.sub(r"^https?://(?:www\.)?", "", identity).rstrip("/")


def _dates_agree(item: Entry, entry: KnownEntry) -> bool:
    return item.published_at is None or entry.published_at is None or item.published_at == entry.published_at


def _same_story(item: Entry, entry: KnownEntry) -> bool:
    fragments = urlsplit(item.identity).fragment, urlsplit(entry.identity).fragment
    apart = item.identity_kind == "link" and all(fragments) and fragments[0] != fragments[1]
    return bool(item.title) and item.title == entry.title and _dates_agree(item, entry) and not apart


def _same_host(item: Entry, entry: KnownEntry) -> bool:
    return urlsplit(item.url or "").hostname == urlsplit(entry.url or "").hostname


def _same_moment(item: Entry, entry: KnownEntry) -> bool:
    dated = item.published_at is not None and item.published_at == entry.published_at
    return bool(item.title) and dated and _same_host(item, entry)


def _undated_alike(item: Entry, entry: KnownEntry, titles: Counter[str]) -> bool:
    undated = item.published_at is None and entry.published_at is None
    return bool(item.title) and undated and titles[item.title] == 1 and _same_host(item, entry)
