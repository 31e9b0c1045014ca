"""One quick pass over a feed's XML, pure: is it well-formed, what is its root, what does each item write.

feedparser folds all dates of an item into `published` and `updated`, the last one written winning, resolves a guid as
if it were an address, takes a link from its attributes, and lets an element of another vocabulary (`media:description`,
`yandex:related`) replace the item's own link and words. Here every date is kept with the element that it stood in, and
the item's own elements as they were written. expat does the work; no entity is expanded and nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from wirewatch.feeds.parser.tidying import as_meant

# Real feeds stay far below these, XHTML included. What is above is an attack on parsers, whose cost grows with the
# square of each.
MAX_DEPTH = 500
MAX_ATTRIBUTES = 500
MAX_NAMESPACES = 200

_ITEMS = frozenset({"item", "entry"})
_NAMES = {
    "guid": "guid",
    "id": "guid",
    "link": "link",
    "title": "title",
    "description": "summary",
    "summary": "summary",
}
_TEXT_TYPES = frozenset({"text", "html", "text/plain", "text/html"})
_WORDS = frozenset({"title", "summary"})
_PUBLISHED = frozenset({"pubdate", "published", "issued"})
_DUBLIN = frozenset({"date", "issued", "created", "available"})
_UPDATED = frozenset({"updated", "modified", "lastbuilddate"})


@dataclass(slots=True)
class Written:
    """What one item writes, direct children only."""

    dates: list[tuple[str, str]] = field(default_factory=list)
    """(source, date as written), source as in articles.dates."""
    guid: str | None = None
    """RSS guid, Atom id."""
    link: str | None = None
    """RSS only: the element's text."""
    title: str | None = None
    summary: str | None = None
    """RSS description, Atom summary. None, as the title, when it holds elements: those feedparser writes out."""


@dataclass(frozen=True, slots=True)
class Elements:
    """What the pass saw."""

    root: str | None
    """Local name of the first element, lower case."""
    well_formed: bool
    attack: str | None
    """What exceeds the limits, in words: nothing was read from there on."""
    cut_short: bool
    """The document ended within an element."""
    items: tuple[Written, ...]
    """In the order of the document."""
    last_item_whole: bool
    """False when the document ended within its last item."""


def read_elements(text: str) -> Elements:
    """The elements of `text`, as far as they can be read."""
    scan = _Scan()
    # Without namespaces: an undeclared prefix is a mistake that readers survive, and so do we.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = scan.start
    parser.EndElementHandler = scan.end
    parser.CharacterDataHandler = scan.text
    well_formed, attack, cut_short = True, None, False
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except _AttackError as error:
        well_formed, attack = False, str(error)
    except expat.ExpatError as error:
        well_formed = False
        cut_short = error.code in _ENDED_EARLY and bool(scan.root)
    return Elements(scan.root, well_formed, attack, cut_short, tuple(scan.items), scan.item_depth is None)


_ENDED_EARLY = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
)


class _AttackError(Exception):
    """Stops the pass."""


def _is_other(local: str, attributes: dict[str, str]) -> bool:
    """Whether an element is not what its name says: a link to something else, a text that has to be decoded first."""
    if local == "link":
        return attributes.get("rel", "alternate") != "alternate"
    return attributes.get("mode") == "base64" or attributes.get("type", "text").lower() not in _TEXT_TYPES


class _Scan:
    """expat's handlers and what they have seen."""

    def __init__(self) -> None:
        self.root: str | None = None
        self.depth = 0
        self.item_depth: int | None = None
        self.items: list[Written] = []
        self._spaces: dict[str, str] = {}
        self._field: str | None = None
        """What the text is collected for: `guid`, `link` or the source of a date."""
        self._pieces: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _AttackError(f"its elements are nested more than {MAX_DEPTH} deep")
        if len(attributes) > MAX_ATTRIBUTES:
            raise _AttackError(f"an element has more than {MAX_ATTRIBUTES} attributes")
        for key, value in attributes.items():
            if key.startswith("xmlns:"):
                self._spaces[key[6:]] = value.lower()
        if len(self._spaces) > MAX_NAMESPACES:
            raise _AttackError(f"it declares more than {MAX_NAMESPACES} namespaces")
        prefix, _, local = name.rpartition(":")
        local = local.lower()
        if self.root is None:
            self.root = local
        if local in _ITEMS and self._is_plain(prefix):
            self.item_depth = self.depth
            self.items.append(Written())
        elif self.item_depth is not None and self.depth == self.item_depth + 1:
            named = None if prefix or _is_other(local, attributes) else _NAMES.get(local)
            self._field = named or self._date_source(prefix, local)
            self._pieces.clear()
        elif self._field in _WORDS:
            self._field = None

    def end(self, name: str) -> None:
        if self._field is not None and self.item_depth is not None and self.depth == self.item_depth + 1:
            self._keep(self.items[-1], self._field, "".join(self._pieces).strip())
            self._field = None
        if self.item_depth == self.depth:
            self.item_depth = None
        self.depth -= 1

    def text(self, data: str) -> None:
        if self._field is not None:
            self._pieces.append(data)

    @staticmethod
    def _keep(item: Written, name: str, text: str) -> None:
        text = as_meant(text)
        if not text:
            return
        if name not in _NAMES.values():
            item.dates.append((name, text))
        elif getattr(item, name) is None:
            setattr(item, name, text)

    def _is_plain(self, prefix: str) -> bool:
        """No prefix, or one for Atom or RSS itself."""
        space = self._spaces.get(prefix, prefix.lower())
        return not prefix or "atom" in space or "rss" in space or "netscape" in space

    def _date_source(self, prefix: str, local: str) -> str | None:
        space = self._spaces.get(prefix, prefix.lower())
        if "purl.org/dc/" in space or space in ("dc", "dcterms"):
            if local == "modified":
                return "feed:updated"
            return "feed:dc" if local in _DUBLIN else None
        if prefix and "atom" not in space and "rss" not in space:
            return None
        if local in _PUBLISHED:
            return "feed:published"
        if local in _UPDATED:
            return "feed:updated"
        return "feed:dc" if local in ("created", "date") else None
