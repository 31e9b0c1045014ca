"""What can be said of a new outlet by its address, its front page and its feed, pure. What can't be known is None."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from babel.core import get_global

from wirewatch.errors import WirewatchError
from wirewatch.feeds.registry import Feed, Outlet
from wirewatch.intake.discovery import home_of
from wirewatch.text.language import language_code

_GENERIC = frozenset({"io", "co", "tv", "me", "ai", "fm", "cc", "ws", "ly", "gg", "to", "eu", "su"})
"""Endings of two letters that sites take for their sound, or that are no country's."""
_BLOCS = {
    "us": "US",
    "prc": "CN HK MO",
    "taiwan": "TW",
    "japan": "JP",
    "korea": "KR KP",
    "india": "IN",
    "asean": "BN ID KH LA MM MY PH SG TH TL VN",
    "australia": "AU NZ",
    "europe": "AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LT LU LV MT NL NO PL PT RO SE SI SK UA",
    "russia": "RU BY",
    "middle_east": "AE BH EG IL IQ IR JO KW LB OM PS QA SA SY TR YE",
}
_PERSPECTIVE = {country: bloc for bloc, countries in _BLOCS.items() for country in countries.split()}
_TRADITIONAL = frozenset({"tw", "hk", "mo", "hant"})
_SECOND = re.compile(r"(?:com|co|org|net|gov|go|gob|gouv|mil|ac|edu|or|ne)")
_LONGEST_KEY = 60


@dataclass(frozen=True, slots=True)
class Proposal:
    """The fields of an outlet, as far as they are known."""

    key: str | None = None
    name: str | None = None
    homepage: str | None = None
    country: str | None = None
    language: str | None = None
    kind: str | None = None
    ownership: str | None = None
    press: str | None = None
    perspective: str | None = None
    timezone: str | None = None

    def filled(self, other: Proposal) -> Proposal:
        """These fields, those of `other` where nothing is known."""
        return Proposal(*(_first(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)))

    @property
    def missing(self) -> list[str]:
        """The fields that an outlet must have and that are not known."""
        return [name for name in REQUIRED if getattr(self, name) is None]

    def outlet(self, feeds: tuple[Feed, ...]) -> Outlet:
        """The outlet with these `feeds`. Raises WirewatchError that names what is missing."""
        if self.missing:
            options = ", ".join(f"--{name}" for name in self.missing)
            where = self.homepage or self.key or "the outlet"
            raise WirewatchError(f"{where}: the site does not say its {', '.join(self.missing)}; give {options}")
        known = {name: getattr(self, name) for name in REQUIRED}
        return Outlet(
            **known,
            homepage=self.homepage,
            timezone=self.timezone,
            press=self.press or "unknown",
            feeds=feeds,
        )


REQUIRED = ("key", "name", "country", "language", "kind", "ownership", "perspective")


def propose(
    feed_url: str, *, site_name: str | None, feed_title: str | None, language: str | None, taken: Collection[str]
) -> Proposal:
    """What the address of a feed, its title, the name on the site's front page and a language tag say.

    `taken` are the keys in use.
    """
    country, official = _country(feed_url)
    return Proposal(
        key=free_key(feed_url, taken),
        name=" ".join((site_name or feed_title or "").split())[:300] or None,
        homepage=home_of(feed_url),
        country=country,
        language=registry_language(language),
        kind="official" if official else None,
        ownership=f"government ({country})" if official and country else None,
        perspective=perspective_of(country),
        timezone=_only_zone(country),
    )


def perspective_of(country: str | None) -> str | None:
    """The point of view that outlets of a country are given; None without a country."""
    return _PERSPECTIVE.get(country, "other") if country else None


def registry_language(tag: str | None) -> str | None:
    """A language tag as feeds.yaml writes it: without a country, Chinese with its script; None when it is not one."""
    code = language_code(tag)
    if code != "zh":
        return code
    parts = (tag or "").lower().replace("_", "-").split("-")
    # The bare tag does not tell the script.
    return None if len(parts) == 1 else "zh-Hant" if _TRADITIONAL & set(parts) else "zh-Hans"


def free_key(url: str, taken: Collection[str]) -> str:
    """A key made of the host of `url`, with a number when it is taken."""
    names = [name for name in (urlsplit(url).hostname or "outlet").split(".") if name not in ("www", "feeds", "rss")]
    while len(names) > 1 and (len(names[-1]) == 2 or _SECOND.fullmatch(names[-1])):
        names.pop()
    key = re.sub(r"[^a-z0-9]+", "_", "_".join(names).lower()).strip("_")[:_LONGEST_KEY] or "outlet"
    number = next(n for n in range(1, len(taken) + 2) if (key if n == 1 else f"{key}_{n}") not in taken)
    return key if number == 1 else f"{key}_{number}"


def _country(url: str) -> tuple[str | None, bool]:
    """The country that the host ends with, and whether its government owns such names."""
    names = (urlsplit(url).hostname or "").split(".")
    ending = names[-1]
    if ending in ("gov", "mil"):
        return "US", True
    if len(ending) != 2 or not ending.isalpha() or ending in _GENERIC:
        return None, False
    official = len(names) > 1 and names[-2] in ("gov", "go", "gob", "gouv", "mil", "govt", "gc")
    return "GB" if ending == "uk" else ending.upper(), official


def _only_zone(country: str | None) -> str | None:
    zones = get_global("territory_zones").get(country or "", ())
    return zones[0] if len(zones) == 1 else None


def _first(one: str | None, other: str | None) -> str | None:
    return one if one is not None else other
