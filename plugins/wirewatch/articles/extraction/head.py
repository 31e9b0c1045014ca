"""What is in a page's head and in its headings, collected in one walk (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from wirewatch.articles.extraction.boilerplate import fold
from wirewatch.text.html import blocks, squeeze

_MAX_HEADINGS = 20
_MAX_TIMES = 3
_NOT_PRINTED_IN = frozenset({"nav", "li", "aside", "footer"})
"""What is headed in these is not a story: a first heading there is made for search engines."""
_NAVIGATION = re.compile(r"bread-?(?:crumb|bar)|(?:^|[\s_-])nav(?:bar|igation)?(?:$|[\s_-])", re.IGNORECASE)
_LOOKED_UP = 3
_LINES_ABOVE, _LINES_BELOW = 4, 10
_LONG_PARAGRAPH = 120
"""Characters of a line that begins the story."""
_LEAST_OF_HEADLINE = 10
_BOLD = ("b", "strong", "big", "font")
_MAX_BOLD = 50


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the page."""

    level: int
    text: str
    last: str
    """The last of its parts, where it has several: the headline after its kicker."""
    printed: bool
    """It stands where stories are, and not in a menu or a path of links."""


@dataclass(slots=True)
class Head:
    """What one walk over the page collects."""

    metas: dict[str, list[str]] = field(default_factory=dict)
    """Values by name, in small letters."""
    links: dict[str, str] = field(default_factory=dict)
    """The first address by relation."""
    scripts: list[str] = field(default_factory=list)
    """Blocks of JSON-LD."""
    title: str | None = None
    headings: list[Heading] = field(default_factory=list)
    headed_in_bold: bool = False
    """The page has no heading of its own; its one heading here is a bold or large line that its `<title>` holds."""
    times: list[tuple[str, str]] = field(default_factory=list)
    """(source, writing) of `<time>`."""
    changed: list[str] = field(default_factory=list)
    """What is printed in a `<time>` that gives the last change."""

    def meta(self, *names: str) -> str | None:
        """The first value of the first of `names` that the page has."""
        return next((self.metas[name][0] for name in names if name in self.metas), None)

    @property
    def first_headings(self) -> list[str]:
        """The texts of the headings of the first level."""
        return [heading.text for heading in self.headings if heading.level == 1]


def read_head(tree: HtmlElement) -> Head:
    """What the head and the headings of `tree` say."""
    head = Head()
    for element in tree.iter("meta", "link", "script", "title", "h1", "h2", "h3", "time"):
        match element.tag:
            case "meta":
                _add_meta(head, element)
            case "link":
                for relation in (element.get("rel") or "").lower().split() if element.get("href") else ():
                    head.links.setdefault(relation, element.get("href"))
            case "script":
                if "ld+json" in (element.get("type") or "") and element.text:
                    head.scripts.append(element.text)
            case "title":
                if head.title is None and element.getparent() is not None and element.getparent().tag != "svg":
                    head.title = squeeze(element.text_content()) or None
            case "time":
                _add_time(head, element)
            case level:
                if level == "h1" or len(head.headings) < _MAX_HEADINGS:
                    _add_heading(head, element, int(level[1]))
    if not head.headings and head.title:
        _add_bold_heading(head, tree, fold(head.title))
    return head


def lines_around_headline(tree: HtmlElement, head: Head) -> tuple[list[str], list[str]]:
    """The lines right above the headline, the nearest first, and those under it down to the story."""
    printed = [heading for heading in head.headings if heading.printed and len(heading.text) >= _LEAST_OF_HEADLINE]
    level = min((heading.level for heading in printed), default=0)
    titles = {fold(heading.text) for heading in printed if heading.level == level}
    body = tree.find(".//body")
    above: list[str] = []
    found = blocks(tree if body is None else body)
    for block in found:
        if (head.headed_in_bold or block.element.tag == f"h{level}") and fold(block.text) in titles:
            return above[::-1], _above_story([below.text for below in islice(found, _LINES_BELOW)])
        above = [*above, block.text][-_LINES_ABOVE:]
    return [], []


def _above_story(lines: list[str]) -> list[str]:
    """The short ones of `lines`, down to the second long one: the first may be a standfirst."""
    long = [n for n, line in enumerate(lines) if len(line) >= _LONG_PARAGRAPH]
    return [line for line in lines[: long[1] if len(long) > 1 else None] if len(line) < _LONG_PARAGRAPH]


def _add_meta(head: Head, element: HtmlElement) -> None:
    content = squeeze(element.get("content"))
    for attribute in ("property", "name", "itemprop", "http-equiv") if content else ():
        if name := element.get(attribute):
            head.metas.setdefault(name.strip().lower(), []).append(content)


def _add_time(head: Head, element: HtmlElement) -> None:
    if "modified" in (kind := (element.get("itemprop") or "").lower()):
        head.changed.append(squeeze(" ".join(element.itertext())))
        return
    writing = squeeze(element.get("datetime") or element.get("content") or " ".join(element.itertext()))
    if writing and len(head.times) < _MAX_TIMES:
        marked = "published" in kind or element.get("pubdate") is not None
        head.times.append(("html:microdata" if marked else "html:time", writing))


def _add_heading(head: Head, element: HtmlElement, level: int) -> None:
    if text := squeeze(" ".join(element.itertext())):
        parts = [part for child in _unwrapped(element) if (part := squeeze(" ".join(child.itertext())))]
        head.headings.append(Heading(level, text, parts[-1] if len(parts) > 1 else text, _is_printed(element)))


def _add_bold_heading(head: Head, tree: HtmlElement, title: str) -> None:
    """The longest of what the page prints bold or large with which its folded `title` begins or ends, most of it."""
    bold = (squeeze(" ".join(element.itertext())) for element in islice(tree.iter(*_BOLD), _MAX_BOLD))
    found = [
        text for text in bold if len(fold(text)) >= max(_LEAST_OF_HEADLINE, len(title) / 2) and _ends(title, fold(text))
    ]
    if found:
        text = max(found, key=len)
        head.headings.append(Heading(1, text, text, printed=True))
        head.headed_in_bold = True


def _ends(title: str, part: str) -> bool:
    return title.startswith(part) or title.endswith(part)


def _unwrapped(element: HtmlElement) -> HtmlElement:
    """`element`, or what it holds if that is one element and nothing else."""
    while len(element) == 1 and not (element.text or "").strip() and not (element[0].tail or "").strip():
        element = element[0]
    return element


def _is_printed(element: HtmlElement) -> bool:
    for n, ancestor in enumerate(element.iterancestors()):
        if ancestor.tag in _NOT_PRINTED_IN:
            return False
        if n < _LOOKED_UP and (name := ancestor.get("class")) and _NAVIGATION.search(name):
            return False
    return not ((name := element.get("class")) and _NAVIGATION.search(name))
