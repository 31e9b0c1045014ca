"""The registry: which outlets are watched, and where their feeds are; pure, but for `load_registry` (reads a file).

`dags/feeds.yaml` is what an operator edits; its head explains the form. Every mistake in it is reported at once, with
its line and its fix.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import langcodes
import pycountry
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from wirewatch.errors import FileProblem, FileProblems
from wirewatch.yaml_files import Mistake, read_model

Kind = Literal[
    "newspaper", "official", "defence_press", "broadcaster", "think_tank", "wire", "state_media", "aggregator"
]
Press = Literal["official", "state", "public", "independent", "other"]
_PRESS_OF_KIND = {"official": "official", "state_media": "state", "aggregator": "other"}
"""Whose voice an outlet is where its kind says it already."""
Perspective = Literal[
    "us", "prc", "taiwan", "japan", "korea", "india", "asean", "australia", "europe", "russia", "middle_east", "other"
]


@dataclass(frozen=True, slots=True)
class Feed:
    """One RSS, Atom, RDF or JSON-feed URL of an outlet."""

    name: str
    url: str
    enabled: bool = True
    language: str | None = None
    """Language of its entries, when it differs from the outlet's."""
    stale_after_days: int | None = None
    """Silence after which an operator is told; None: judged by the feed's own rhythm."""
    trust_dates: bool = True
    """False where its dates say when an aggregator found an article, not when it was published."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """Who publishes."""

    key: str
    name: str
    homepage: str | None
    country: str
    language: str
    kind: str
    ownership: str
    perspective: str
    timezone: str | None
    feeds: tuple[Feed, ...]
    press: str = "unknown"
    """official, state, public, independent, other or unknown: whose voice it is."""


@dataclass(frozen=True, slots=True)
class Registry:
    """A valid feeds.yaml."""

    outlets: tuple[Outlet, ...]
    digest: str
    """SHA-256 of the file, hexadecimal."""


def load_registry(path: Path) -> Registry:
    """The registry in the file at `path`.

    Raises FileProblems with every mistake, or when the file can't be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        what = f"can't be read: {error.strerror}"
        raise FileProblems([FileProblem(str(path), 0, what, "set WIREWATCH_FEEDS to the registry of feeds")]) from None
    return parse_registry(data, file=str(path))


def parse_registry(data: bytes, *, file: str) -> Registry:
    """The registry in `data`, the content of `file`. Raises FileProblems with every mistake."""
    model, _ = read_model(data, _RegistryFile, file=file, check=_duplicates)
    outlets = tuple(
        Outlet(
            **outlet.model_dump(exclude={"feeds", "press"}),
            press=outlet.press or _PRESS_OF_KIND.get(outlet.kind, "unknown"),
            feeds=tuple(Feed(**feed.model_dump()) for feed in outlet.feeds),
        )
        for outlet in model.outlets
    )
    return Registry(outlets, hashlib.sha256(data).hexdigest())


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"not a URL ({error})") from None
    if parts.scheme not in ("http", "https") or not host or not re.fullmatch(r"[\w.:-]+", host):
        raise ValueError("not an http or https URL")
    if "." not in host and ":" not in host and host != "localhost":
        raise ValueError("no full host name")
    if re.search(r"\s", value):
        raise ValueError("a URL has no spaces")
    if parts.username is not None:
        raise ValueError("credentials don't belong into this file")
    if parts.fragment:
        raise ValueError("a part after # is never sent to the server")
    return value


def _country(value: str) -> str:
    if len(value) != 2 or pycountry.countries.get(alpha_2=value) is None or not value.isupper():
        raise ValueError("not a country code")
    return value


def _language(value: str) -> str:
    match = re.fullmatch(r"([a-z]{2,3})(-[A-Z][a-z]{3})?(-(?:[A-Z]{2}|\d{3}))?", value)
    if not match or not langcodes.tag_is_valid(value):
        raise ValueError("not a language tag")
    if match[1] == "zh" and not match[2]:
        raise ValueError("which script? zh-Hans and zh-Hant are kept apart")
    return value


def _timezone(value: str) -> str:
    if value not in _timezones():
        raise ValueError("not a time zone")
    return value


_Text = Annotated[StrictStr, Field(min_length=1, max_length=300, pattern=r"^\S(.*\S)?$")]
_Url = Annotated[StrictStr, Field(max_length=2000), AfterValidator(_url)]
_Language = Annotated[StrictStr, AfterValidator(_language)]

_LANGUAGE_MEND = "a BCP 47 tag: en, ja, zh-Hans, zh-Hant …"


class _FeedItem(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: _Text = Field(description="the feed's name within its outlet")
    url: _Url = Field(description="the feed's address, beginning with https:// or http://")
    enabled: StrictBool = Field(True, description="true or false")
    language: _Language | None = Field(None, description=_LANGUAGE_MEND)
    stale_after_days: Annotated[StrictInt, Field(ge=1, le=730)] | None = Field(
        None, description="whole days of silence, 1 to 730, after which an operator is told"
    )
    trust_dates: StrictBool = Field(True, description="true, or false where the dates aren't the publisher's")


class _OutletItem(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=60)] = Field(
        description="a short stable name of small letters, digits and _ such as war_gov"
    )
    name: _Text = Field(description="the name that readers know")
    homepage: _Url | None = Field(None, description="the home page, beginning with https:// or http://")
    country: Annotated[StrictStr, AfterValidator(_country)] = Field(
        description="an ISO 3166-1 alpha-2 code in capitals: US, CN, TW, GB …"
    )
    language: _Language = Field(description=_LANGUAGE_MEND)
    kind: Kind = Field(
        description="newspaper, official, defence_press, broadcaster, think_tank, wire, state_media or aggregator"
    )
    ownership: _Text = Field(description="who owns or controls it, in words")
    press: Press | None = Field(None, description="official, state, public, independent or other")
    perspective: Perspective = Field(
        description="us, prc, taiwan, japan, korea, india, asean, australia, europe, russia, middle_east or other"
    )
    timezone: Annotated[StrictStr, AfterValidator(_timezone)] | None = Field(
        None, description="an IANA name such as Asia/Shanghai"
    )
    feeds: Annotated[list[_FeedItem], Field(min_length=1)] = Field(description="a list of at least one feed")


class _RegistryFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    outlets: Annotated[list[_OutletItem], Field(min_length=1)] = Field(description="a list of at least one outlet")


def _duplicates(value: Any) -> Iterator[Mistake]:
    """Keys and URLs that stand twice, in a file that may be wrong in any other way too."""
    keys: dict[str, int] = {}
    urls: dict[str, str] = {}
    for n, outlet in enumerate(_list_at(value, "outlets")):
        key = outlet.get("key") if isinstance(outlet, dict) else None
        if isinstance(key, str):
            if key in keys:
                what = f"the outlet key `{key}` is taken by outlets[{keys[key] + 1}]"
                yield Mistake(("outlets", n, "key"), what, "merge the two outlets, or give this one another key")
            keys.setdefault(key, n)
        for m, feed in enumerate(_list_at(outlet, "feeds")):
            url = feed.get("url") if isinstance(feed, dict) else None
            if isinstance(url, str):
                place = f"outlets[{n + 1}].feeds[{m + 1}]"
                same = same_url(url)
                if same in urls:
                    what = f"the feed {url} is listed already, at {urls[same]}"
                    yield Mistake(("outlets", n, "feeds", m, "url"), what, "remove one of the two")
                urls.setdefault(same, place)


def _list_at(value: Any, key: str) -> list[Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def same_url(url: str) -> str:
    """`url` with what never tells two feeds apart folded: scheme, case of the host, default port, trailing slash."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url
    authority = parts.hostname or ""
    if port not in (None, 80, 443):
        authority += f":{port}"
    return f"{authority}{parts.path.rstrip('/')}?{parts.query}"


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())
