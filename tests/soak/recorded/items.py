"""What a feed document lists, read without Wirewatch: the other side of the account.

Deliberately another reader than the one under test (lxml in its forgiving mode, element names without their
namespaces), and no more than the account needs: which items there are, how each is known, where it leads, what it says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_ITEMS = ("item", "entry")
_LINKS = ("origLink", "origlink", "link")
_BODIES = ("encoded", "content", "description", "summary")


@dataclass(frozen=True, slots=True)
class Item:
    """One listed item."""

    key: str
    """What it is known by in its feed: its guid, its first link when others share the guid, else its title."""
    links: tuple[str, ...]
    """Absolute or not, in the order in which a reader would try them; the guid last, when it is an address."""
    title: str
    body: str
    """The longest of its descriptions, HTML."""


def read_items(document: bytes) -> list[Item]:
    """Every `item` or `entry` of an XML feed, in order. Raises lxml's XMLSyntaxError for what is no XML at all."""
    elements = _root(document).iter(etree.Element)
    items = [_item(element) for element in elements if _name(element) in _ITEMS]
    links_of: dict[str, set[str]] = defaultdict(set)
    for item in items:
        links_of[item.key].update(item.links[:1])
    return [replace(item, key=item.links[0]) if item.links and len(links_of[item.key]) > 1 else item for item in items]


def site_of(document: bytes) -> str | None:
    """The address of the site that a feed names as its own; None when it names none."""
    links = _addresses(next(_root(document).iter("{*}channel", "{*}feed")), "link")
    return next((link for link in links if link.startswith(("http://", "https://"))), None)


def _root(document: bytes) -> etree._Element:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(document.lstrip(), parser)


def _item(element: etree._Element) -> Item:
    texts: dict[str, list[str]] = defaultdict(list)
    links: list[str] = []
    for child in element.iterchildren(etree.Element):
        texts[_name(child)].append("".join(child.itertext()).strip())
    for name in _LINKS:
        links.extend(_addresses(element, name))
    guid = next(filter(None, (*texts["guid"], *texts["id"], element.get(_RDF_ABOUT))), None)
    if guid is not None and guid.startswith(("http://", "https://")):
        links.append(guid)
    title = " ".join(next(iter(texts["title"]), "").split())
    bodies = [text for name in _BODIES for text in texts[name]]
    return Item(
        key=guid or next(iter(links), title),
        links=tuple(dict.fromkeys(links)),
        title=title,
        body=max(bodies, key=len, default=""),
    )


def _addresses(element: etree._Element, name: str) -> Iterator[str]:
    for child in element.iterchildren(etree.Element):
        if _name(child) == name and child.get("rel", "alternate") == "alternate":
            address = (child.get("href") or child.text or "").strip()
            if address:
                yield address


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname
