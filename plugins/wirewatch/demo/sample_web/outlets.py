"""The outlets of the sample web, read from outlets.yaml."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, TypeAdapter
from ruamel.yaml import YAML

HERE = Path(__file__).parent

DOMAIN = os.environ.get("SAMPLE_WEB_DOMAIN", "")
"""Where visitors come from other machines or containers, the outlets have names in this domain instead of loopback
addresses; whoever starts the sample web sees to it that they lead to it."""


class FeedSpec(BaseModel):
    """One feed of an outlet: which articles it lists, and in which dialect. outlets.yaml explains the options."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    path: str
    format: Literal["rss", "rdf", "atom", "json"]
    window: int
    dates: Literal["rfc822", "dc", "zoneless", "none"] = "rfc822"
    guid: Literal["permalink", "opaque", "none"] = "permalink"
    links: Literal["absolute", "relative", "tracked", "amp"] = "absolute"
    body: Literal["summary", "full", "none"] = "summary"
    encoding: str = "utf-8"
    section: str | None = None
    outlets: tuple[str, ...] = ()


class Outlet(BaseModel):
    """Who publishes, where, and with which layout."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    address: str
    name: str
    country: str
    language: str
    kind: str
    ownership: str
    press: str
    perspective: str
    timezone: str
    page: str
    path: str
    feeds: tuple[FeedSpec, ...]
    amp: bool = False
    encoding: str = "utf-8"
    crawl_delay: float | None = None
    disallow: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.timezone)

    @property
    def chinese(self) -> bool:
        """Its prose has no spaces between words."""
        return self.language.startswith("zh")


@cache
def outlets() -> dict[str, Outlet]:
    """All outlets by key, in the order of the file. Raises pydantic.ValidationError for a broken file."""
    raw = YAML(typ="safe").load(HERE / "outlets.yaml")
    if DOMAIN:
        raw = [outlet | {"address": domain_name(outlet["key"])} for outlet in raw]
    return {outlet.key: outlet for outlet in TypeAdapter(list[Outlet]).validate_python(raw)}


def domain_name(key: str, domain: str = DOMAIN) -> str:
    """The name of an outlet in `domain`."""
    return f"{key.replace('_', '-')}.{domain}"


def registry(port: int, domain: str = DOMAIN) -> dict[str, object]:
    """The outlets as a feeds.yaml document of Wirewatch, with addresses on `port`, or names in `domain`."""

    def root(outlet: Outlet) -> str:
        return f"http://{domain_name(outlet.key, domain) if domain else outlet.address}:{port}"

    fields = ("key", "name", "country", "language", "kind", "ownership", "press", "perspective", "timezone")
    return {
        "outlets": [
            {name: getattr(outlet, name) for name in fields[:2]}
            | {"homepage": root(outlet) + "/"}
            | {name: getattr(outlet, name) for name in fields[2:]}
            | {"feeds": [{"name": feed.name, "url": root(outlet) + feed.path} for feed in outlet.feeds]}
            for outlet in outlets().values()
        ]
    }
