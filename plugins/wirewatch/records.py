"""Records that several rooms share: one frozen dataclass per stage. Plain dicts are used at the edges only.

All datetimes are timezone-aware. Texts are cleaned (see `clean_text`) before they enter a record, so that every
record can be stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean_text(text: str) -> str:
    """`text` without what Postgres or UTF-8 can't hold: NUL and lone surrogates become U+FFFD, one for one.

    One for one, so that character offsets stay right.
    """
    if not text.isascii():
        try:
            text.encode()  # three times as fast as searching with the pattern
        except UnicodeEncodeError:
            return _UNSTORABLE.sub("\ufffd", text)
    return text.replace("\0", "\ufffd")


class EntryState(StrEnum):
    """The state of an entry; every entry is in exactly one, and the ledger counts them."""

    NEW = "new"
    FETCHING = "fetching"
    FETCHED = "fetched"
    EXTRACTED = "extracted"
    LABELLED = "labelled"
    DROPPED = "dropped"


class DropReason(StrEnum):
    """Why an entry ended without an article: a fixed list, so that the ledger can be summed."""

    NO_URL = "no_url"
    BAD_URL = "bad_url"
    ROBOTS_DISALLOWED = "robots_disallowed"
    BLOCKED_ADDRESS = "blocked_address"
    GONE = "gone"
    BOT_WALL = "bot_wall"
    PAYWALL = "paywall"
    NOT_HTML = "not_html"
    NOT_ARTICLE = "not_article"
    TOO_LARGE = "too_large"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    NO_TEXT = "no_text"
    TOO_OLD = "too_old"
    EXTRACTION_FAILED = "extraction_failed"
    RETRIES_EXHAUSTED = "retries_exhausted"
    DELETED = "deleted"
    """The article was deleted by `wirewatch delete-article`: its address is not collected again."""


class FetchFailure(StrEnum):
    """Why a request returned no usable document.

    Those that are permanent for the URL have a DropReason of the same name; the last five are temporary, and a later
    request may succeed.
    """

    BAD_URL = "bad_url"
    BLOCKED_ADDRESS = "blocked_address"
    ROBOTS_DISALLOWED = "robots_disallowed"
    GONE = "gone"
    BOT_WALL = "bot_wall"
    PAYWALL = "paywall"
    NOT_HTML = "not_html"
    TOO_LARGE = "too_large"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    REFUSED = "refused"
    """The server asked to come back later: 429, 408, 5xx."""
    UNREACHABLE = "unreachable"
    """The host name was not resolved, no connection was made, or it broke."""
    TIMEOUT = "timeout"
    TLS = "tls"
    BAD_ANSWER = "bad_answer"
    """Not HTTP, truncated, or in an encoding that can't be decoded."""


class Health(StrEnum):
    """The state of a feed, in words that an operator understands."""

    NEW = "new"
    HEALTHY = "healthy"
    UNCHANGED = "unchanged"
    SLOW = "slow"
    STALE = "stale"
    ZOMBIE = "zombie"
    EMPTY = "empty"
    NOT_A_FEED = "not_a_feed"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    GONE = "gone"


class CopyKind(StrEnum):
    """How one article copies another."""

    SAME_URL = "same_url"
    IDENTICAL = "identical"
    SYNDICATED = "syndicated"
    NEAR = "near"
    UPDATE = "update"
    PARTIAL = "partial"
    TRANSLATION = "translation"


class Relevance(StrEnum):
    """How much a story belongs to a topic."""

    CORE = "core"
    RELATED = "related"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """One date found for an item; kept even when it is rejected."""

    source: str
    """`feed:published`, `feed:updated`, `feed:dc`, `html:json-ld`, `html:meta`, `html:time`, `url` …"""
    raw: str
    """As it was written."""
    value: datetime | None
    """The parsed date; None when it could not be parsed."""
    zone_assumed: bool = False
    """The text had no time zone, and the outlet's was used."""
    rejected: str | None = None
    """Why it is rejected (`future`, `absurd`, `unreadable`, `no_zone` …); None when it is accepted."""

    def as_json(self) -> dict[str, str | bool | None]:
        """As the warehouse keeps it in its `dates` columns."""
        return {
            "source": self.source,
            "raw": self.raw,
            "value": self.value.isoformat() if self.value else None,
            "zone_assumed": self.zone_assumed,
            "rejected": self.rejected,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> DateCandidate:
        """The candidate that `as_json` wrote."""
        value = stored["value"]
        return cls(**{**stored, "value": datetime.fromisoformat(value) if value else None})


@dataclass(frozen=True, slots=True)
class Entry:
    """One item that a feed listed, as parsed."""

    identity: str
    identity_kind: str
    """`guid`, `link` or `hash`."""
    url: str | None
    """Absolute, unwrapped and without tracking parameters; None when the feed gave none."""
    title: str
    summary: str | None
    """Plain text."""
    content: str | None
    """HTML, when the feed carries the text itself."""
    authors: tuple[str, ...] = ()
    language: str | None = None
    published_at: datetime | None = None
    published_source: str | None = None
    dates: tuple[DateCandidate, ...] = ()
    link: str | None = None
    """The link as the feed wrote it; None when it gave none. Tells a missing address from an unusable one."""


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response, after redirects and decompression."""

    url: str
    """As requested."""
    final_url: str
    """After redirects."""
    status: int
    headers: tuple[tuple[str, str], ...]
    """In the order of arrival, names as sent."""
    body: bytes
    """Decompressed."""
    fetched_at: datetime
    elapsed_s: float
    permanent_redirect: bool = False
    """Every hop between `url` and `final_url` was 301 or 308."""
    address: str | None = None
    """The peer's IP address."""
    request_headers: tuple[tuple[str, str], ...] = ()
    cut: str | None = None
    """What is wrong with the end of the answer, in words; None when it came whole and well framed."""

    def header(self, name: str) -> str | None:
        """The first header called `name`, whatever its case; None when there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class ArchiveLocation:
    """Where the raw record of a page is in the archive."""

    file: str
    """Relative to the archive's root."""
    offset: int
    length: int
    digest: str
    """WARC-Payload-Digest."""


@dataclass(frozen=True, slots=True)
class ExtractedArticle:
    """What was extracted from a page."""

    title: str
    text: str
    """Main text; paragraphs are separated by one newline."""
    authors: tuple[str, ...]
    published_at: datetime | None
    published_source: str | None
    modified_at: datetime | None
    dates: tuple[DateCandidate, ...]
    language: str | None
    """ISO 639-1, Chinese as `zh`."""
    canonical_url: str | None
    section: str | None
    wire: str | None
    """The credited news agency, e.g. `AP`, `Reuters`, `Xinhua`; None when none is credited."""
    dateline: str | None
    """As printed, e.g. `BEIJING, June 3`."""
    extractor: str
    """Name and version of the extractor, e.g. `wirewatch/1+trafilatura/2.3.1`."""
    title_source: str | None
    """Where the title was found: `html:heading` (printed), `html:json-ld`, `html:meta`, `html:title` or `feed`."""
    text_source: str
    """Where the text was found: `page` (shown), `json-ld`, `state` (embedded for a script) or `template`."""


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article as the copies and topics stages see it."""

    id: int | str
    title: str
    text: str
    url: str
    outlet: str
    published_at: datetime | None
    first_seen_at: datetime | None = None
    language: str | None = None
    wire: str | None = None
    canonical_url: str | None = None
    zone_assumed: bool = False
    """`published_at` was written without a time zone."""
    told: bool = False
    """Whether a feed told it about another outlet's page that could not be had: it may be a stranger's invention."""
