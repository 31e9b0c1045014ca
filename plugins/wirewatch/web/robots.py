"""robots.txt according to RFC 9309 (pure): what a response means, and what the rules allow.

A 4xx answer means that there are no rules. A server that fails or can't be reached says nothing: rules that were read
within 30 days stay in force, and without any the host is not visited until it answers.
"""

from __future__ import annotations

import codecs
import math

from protego import Protego

from wirewatch.errors import FetchError
from wirewatch.records import FetchFailure, clean_text

AGENT = "Wirewatch"
"""Our product token: the name in robots.txt."""

VALID_S = 86_400.0
"""How long rules are cached (RFC 9309: no longer than 24 hours)."""

TRY_AGAIN_S = 600.0
"""When a robots.txt that could not be fetched is tried again."""

MAX_DELAY_S = 3_600.0
"""The longest Crawl-delay that is obeyed. More is a mistake or an attack: with a day, robots.txt would expire before
the page could be fetched."""

MAX_BYTES = 2 * 1024 * 1024
"""A longer file is not read at all; RFC 9309 asks for 500 KiB."""

_NO_RULES = frozenset({FetchFailure.GONE, FetchFailure.PAYWALL, FetchFailure.BOT_WALL, FetchFailure.TOO_MANY_REDIRECTS})


class Rules:
    """The rules of one host. `text` is its robots.txt; None when it has none."""

    def __init__(self, text: str | None) -> None:
        self._rules = Protego.parse(text) if text else None

    def allow(self, url: str) -> bool:
        """Whether we may visit `url`."""
        return self._rules is None or self._rules.can_fetch(url, AGENT)

    @property
    def sitemaps(self) -> list[str]:
        """The addresses of the `Sitemap:` lines, as written."""
        return list(self._rules.sitemaps) if self._rules is not None else []

    @property
    def delay_s(self) -> float:
        """Seconds between two visits (Crawl-delay or Request-rate), 0 to MAX_DELAY_S."""
        if self._rules is None:
            return 0.0
        rate = self._rules.request_rate(AGENT)
        by_rate = _ratio(rate.seconds, rate.requests) if rate is not None else 0.0
        return max(_granted(self._rules.crawl_delay(AGENT)), _granted(by_rate))


def _ratio(seconds: float, requests: float) -> float:
    try:
        return seconds / requests
    except (OverflowError, ZeroDivisionError):
        return 0.0 if not requests else MAX_DELAY_S


def _granted(delay_s: float | None) -> float:
    """A pause as written, which may be any number, cut to the allowed range."""
    if delay_s is None or math.isnan(delay_s):
        return 0.0
    return min(max(float(delay_s), 0.0), MAX_DELAY_S)


def rules_text(body: bytes) -> str:
    """The text of a robots.txt as served, without a byte order mark, storable."""
    return clean_text(body.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace"))


def means_no_rules(error: FetchError) -> bool:
    """Whether a failed visit to robots.txt means that there are no rules (RFC 9309, 2.3.1.3)."""
    if error.reason in _NO_RULES:
        return error.http_status is None or error.http_status < 500
    return error.http_status is not None and 400 <= error.http_status < 500 and error.http_status not in (408, 429)
