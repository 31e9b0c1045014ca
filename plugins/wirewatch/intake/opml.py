"""Lists of feeds as feed readers exchange them (OPML), pure. listparser reads them; they are written here."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

import listparser

from wirewatch.errors import WirewatchError
from wirewatch.feeds.registry import Registry
from wirewatch.records import clean_text


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed of a list."""

    url: str
    title: str
    group: str
    """The innermost group that it is in; empty when it is in none."""


def read_opml(data: bytes, *, file: str) -> list[ListedFeed]:
    """The feeds in `data`, the content of `file`, each address once. Raises WirewatchError when nothing is listed."""
    found = listparser.parse(data)
    feeds = [
        ListedFeed(clean_text(feed.url), clean_text(feed.title), clean_text(_group(feed.get("categories") or [])))
        for feed in found.feeds
    ]
    if not feeds:
        why = f" ({found.bozo_exception})" if found.bozo else ""
        raise WirewatchError(f"{file}: no list of feeds{why}; export one as OPML from your feed reader")
    return feeds


def write_opml(registry: Registry) -> bytes:
    """The feeds of `registry` that are switched on, grouped by outlet, as OPML 2.0."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = "Wirewatch"
    body = ElementTree.SubElement(root, "body")
    for outlet in registry.outlets:
        feeds = [feed for feed in outlet.feeds if feed.enabled]
        if not feeds:
            continue
        group = ElementTree.SubElement(body, "outline", text=outlet.name)
        site = {"htmlUrl": outlet.homepage} if outlet.homepage else {}
        for feed in feeds:
            name = f"{outlet.name}: {feed.name}"
            ElementTree.SubElement(
                group, "outline", {"type": "rss", "text": name, "title": name, "xmlUrl": feed.url, **site}
            )
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _group(categories: list[list[str]]) -> str:
    return next((names[-1] for names in reversed(categories) if names and names[-1]), "")
