"""From records to HTML: the template environment, the format of numbers and times, and the frame of every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from babel import Locale
from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wirewatch.newsroom.context import context_of, form_token, reader_of
from wirewatch.newsroom.static_files import fingerprint

PAGES = (
    ("stories", "/", "Stories"),
    ("brief", "/brief", "Brief"),
    ("events", "/events", "Events"),
    ("search", "/search", "Search"),
    ("watches", "/watches", "Watches"),
    ("feeds", "/feeds", "Feeds"),
    ("pipeline", "/pipeline", "Pipeline"),
    ("trends", "/trends", "Trends"),
    ("review", "/review", "Review"),
)
"""Name, path and title of each page, in the order of the navigation."""

_NAMES = {
    "arms_sale_aid": "Arms sales and aid",
    "encounter_transit": "Encounters and transits",
    "espionage_cyber": "Espionage and cyber",
    "exercise_deployment": "Exercises and deployments",
    "posture_alliance": "Posture and alliances",
    "sanction_control": "Sanctions and controls",
    "statement_warning": "Statements and warnings",
    "us_china_military": "US–China military",
    "agency_not_collected": "an agency that was not collected",
    "asean": "ASEAN",
    "us_and_allies": "US and allies",
    "middle_east": "Middle East",
    "us": "United States",
    "prc": "Mainland China",
    "uk": "United Kingdom",
    "none": "not relevant",
}
"""Labels for keys whose own words do not read well."""


def in_words(key: str | None) -> str:
    """The label of a key such as an event type or a perspective."""
    if not key:
        return ""
    return _NAMES.get(key) or key.replace("_", " ").capitalize()


def language_name(code: str | None) -> str:
    """The English name of a language code; the code itself where there is none."""
    name: str = Locale("en").languages.get((code or "").split("-")[0], code or "unknown")
    return name


def duration(span: timedelta | None) -> str:
    """A time span in its two largest units at most: `3 d 4 h`, `25 min`, `40 s`."""
    if span is None:
        return "–"
    seconds = int(abs(span.total_seconds()))
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days >= 10:
        return f"{days} d"
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes and hours < 10 else f"{hours} h"
    return f"{minutes} min" if minutes else f"{seconds} s"


def number(value: float) -> str:
    """A count with thin spaces between thousands."""
    return f"{value:,.0f}".replace(",", "\u202f")


def weight(value: float) -> str:
    """A weight with its sign; the minus sign is U+2212."""
    return f"{value:+.2f}".replace("-", "−")


def share(value: float) -> str:
    """A fraction in percent."""
    return f"{100 * value:.0f}\u202f%"


def moment(at: datetime | None) -> str:
    """A time to the minute, in UTC."""
    return "–" if at is None else f"{at.astimezone(UTC):%-d %b %Y, %H:%M} UTC"


def date_only(at: datetime) -> str:
    """A time of which only the day is known."""
    return f"{at.astimezone(UTC):%-d %b %Y}, no time of day"


def day(at: datetime) -> str:
    """A day as a heading."""
    return f"{at.astimezone(UTC):%A, %-d %B %Y}"


def clock(at: datetime) -> str:
    """The time of day, in UTC."""
    return f"{at.astimezone(UTC):%H:%M}"


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago, or how soon."""
    if at is None:
        return "never"
    return f"in {duration(at - now)}" if at > now else f"{duration(now - at)} ago"


def excerpt(text: str, length: int) -> str:
    """The beginning of a text in one line, cut between words, with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    head = line[: length + 1].rpartition(" ")[0]
    return (head if len(head) > length / 2 else line[:length]).rstrip() + " …"


def web_address(url: str | None) -> str | None:
    """`url` when it is http or https; None for `javascript:`, `data:` and all others."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        ago=ago, clock=clock, date_only=date_only, day=day, duration=duration, excerpt=excerpt, in_words=in_words,
        language_name=language_name, moment=moment, number=number, share=share, web_address=web_address, weight=weight,
    )  # fmt: skip
    return environment


_TEMPLATES = _environment()


def page(request: Request, template: str, *, name: str, title: str, status: int = 200, **values: Any) -> Response:
    """The page `name`, drawn by `template`.

    `values` are what the template shows; it also gets the reader, links, and the token that forms carry.
    """
    html = _TEMPLATES.get_template(template).render(
        name=name, title=title, pages=PAGES, reader=reader_of(request), now=context_of(request).now(),
        link=links(request), token=form_token(request), **values,
    )  # fmt: skip
    return Response(html, status_code=status, media_type="text/html; charset=utf-8")


def standalone(template: str, address: str, **values: Any) -> str:
    """A document outside the pages, such as a mail; its links lead to the pages at `address`."""

    def link(path: str, **more: Any) -> str:
        return address.rstrip("/") + path + ("?" + urlencode(more) if more else "")

    return _TEMPLATES.get_template(template).render(link=link, **values)


def error_page(request: Request, status: int, what: str) -> Response:
    """A page with an error message; users who are not logged in see nothing else."""
    if not hasattr(request.state, "reader"):
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        login = context_of(request).login(here) if status == 401 and request.method == "GET" else None
        html = _TEMPLATES.get_template("refused.html").render(status=status, what=what, login=login)
        return Response(html, status_code=status, media_type="text/html; charset=utf-8")
    return page(request, "error.html", name="", title=f"Error {status}", status=status, what=what)


def links(request: Request) -> Callable[..., str]:
    """A function that makes links within the Newsroom, also when Airflow is served below a path."""
    root: str = request.scope.get("root_path", "").rstrip("/")

    def link(path: str, query: Mapping[str, Any] | None = None, **more: Any) -> str:
        if path.startswith("/static/"):
            more = {"v": fingerprint(path.removeprefix("/static/"))}
        given = {key: value for key, value in {**(query or {}), **more}.items() if value not in (None, "")}
        return root + path + ("?" + urlencode(given) if given else "")

    return link
