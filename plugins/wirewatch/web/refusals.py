"""Classifies a response that is not a document: gone, refused, an anti-bot page, a paywall (pure).

Anti-bot pages are recognised by headers of their vendors and by marks of their challenge pages. They may come
with any status, 200 included, and with a body that looks like XML; 403 without any mark is one too, since a public
page that is refused to a visitor with an honest name is refused because of the name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from wirewatch.errors import FetchError
from wirewatch.records import FetchFailure

MAX_RETRY_AFTER_S = 86400.0
"""A longer Retry-After is cut to a day."""

WALL_PAGE_BYTES = 150_000
"""Challenge pages are small; a longer page with such a mark is an article that includes a vendor's script."""

_WALL_HEADERS = (
    ("cf-mitigated", "challenge"),
    ("x-amzn-waf-action", ""),
)
"""(name, beginning of value): Cloudflare, AWS WAF."""

_WALL_MARKS = (
    b"<title>Just a moment...</title>",
    b"<title>Attention Required! | Cloudflare</title>",
    b"cf-browser-verification",
    b"window._cf_chl_opt",
    b"geo.captcha-delivery.com",
    b"_Incapsula_Resource?",
    b'id="px-captcha"',
    b"window.gokuProps",
    b"<title>Access Denied</title>",
    b"<title>Pardon Our Interruption",
    b"<title>Robot or human?</title>",
    b"<title>Human Verification</title>",
    b"/.well-known/sgcaptcha/",
)

_FEED_BYTES = 8_000
_FEED_ROOT = re.compile(
    rb"""<(?:[a-z]\w*:)?(?:rss|rdf|feed|channel|urlset|sitemapindex)[\s>]|^\s*\{.{0,4000}?"(?:items|version)"\s*:""",
    re.IGNORECASE | re.DOTALL,
)
_HTML_ROOT = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)

_WALL_STATUSES = frozenset({403, 405, 406})
_TEMPORARY_STATUSES = frozenset({408, 421, 423, 425, 429})


def refusal(status: int, headers: Mapping[str, str], body: bytes, *, url: str, now: datetime) -> FetchError | None:
    """What is wrong with a response, by its status, headers (case-insensitive) and the beginning of its body.

    None for a document (2xx without an anti-bot page) and for 304. 404 may be retried, since some pages
    are listed before they are served; 410 is permanent.
    """

    def error(reason: FetchFailure, what: str, *, retry: bool, retry_after_s: float | None = None) -> FetchError:
        return FetchError(
            reason, f"{url}: {what} ({status})", retry=retry, http_status=status, retry_after_s=retry_after_s
        )

    wish = retry_after(headers, now)
    document = 200 <= status < 300
    if not (document and looks_like_feed(body)) and _is_wall(headers, body):
        return error(FetchFailure.BOT_WALL, "anti-bot page", retry=True, retry_after_s=wish)
    if document or status == 304:
        return None
    if status in _WALL_STATUSES:
        return error(FetchFailure.BOT_WALL, "access denied", retry=True, retry_after_s=wish)
    if status in (401, 402, 407):
        return error(FetchFailure.PAYWALL, "login or payment required", retry=False)
    if status == 404:
        return error(FetchFailure.GONE, "not found", retry=True)
    if status == 410:
        return error(FetchFailure.GONE, "permanently gone", retry=False)
    if status == 451:
        return error(FetchFailure.BOT_WALL, "refused for legal reasons", retry=False)
    if status in _TEMPORARY_STATUSES or status >= 500:
        return error(FetchFailure.REFUSED, "the server asks to retry later", retry=True, retry_after_s=wish)
    return error(FetchFailure.REFUSED, "the server refused", retry=True)


def looks_like_feed(body: bytes) -> bool:
    """Whether `body` begins as a feed does, whatever is printed before it; a story in it may have any title."""
    start = body[:_FEED_BYTES].replace(b"\0", b"")
    root = _FEED_ROOT.search(start)
    html = _HTML_ROOT.search(start)
    return root is not None and (html is None or root.start() < html.start())


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The wait that `Retry-After` asks for, in seconds, 0 to MAX_RETRY_AFTER_S; None when it is missing or invalid.

    A date is read against the server's own `Date`, so that a wrong clock on either side does no harm.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        # Ten digits are 300 years, which is cut to a day; more digits would only take time to parse.
        return min(float(value[:10]), MAX_RETRY_AFTER_S)
    until = _http_date(value)
    if until is None:
        return None
    since = _http_date(headers.get("Date", "")) or now
    return min(max((until - since).total_seconds(), 0.0), MAX_RETRY_AFTER_S)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_wall(headers: Mapping[str, str], body: bytes) -> bool:
    if any(name in headers and headers[name].lower().startswith(start) for name, start in _WALL_HEADERS):
        return True
    return len(body) <= WALL_PAGE_BYTES and any(mark in body for mark in _WALL_MARKS)
