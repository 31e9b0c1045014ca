"""Parts of a page that are not its story, taken out of the tree before the main text is looked for (pure).

Known by their tag (`nav`, `aside`, `footer`), by what their class or id calls them (related, newsletter, caption,
comments …), or by only leading elsewhere: a paragraph or a list that is nearly all links, a card (a link around a
headline).

Guard: an element with two or more running paragraphs stays, whatever it is called; wrappers of whole stories carry
names such as `has-newsletter` and `comments-open`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.etree import strip_elements
from lxml.html import HtmlElement

BLOCKS = frozenset(
    {"div", "section", "ul", "ol", "table", "p", "blockquote", "h1", "h2", "h3", "h4", "figure", "article", "header"}
)
"""Elements that begin a line of their own."""

_DEAD = (
    *("script", "style", "svg", "noscript", "iframe", "template", "object", "embed", "button", "select", "textarea"),
    *("input", "audio", "canvas", "source", "link", "meta", "dialog", "figcaption", "map", "nav", "menu"),
)
"""Elements that never hold the story; taken out first, for every copy that trafilatura makes of the tree costs time."""

_LOOKED_AT = (
    "div",
    "section",
    "aside",
    "footer",
    "ul",
    "ol",
    "p",
    "span",
    "blockquote",
    "h2",
    "h3",
    "h4",
    "li",
    "dl",
    "a",
)
_BOX = re.compile(
    r"(?:^|[-_\s])(?:"
    r"related|read-?(?:more|also|next|on)|more-?(?:on|topics?|stories|news|like)|also-?(?:read|like)|see-?also|you-?may"
    r"|recirc(?:ulation)?|recommend(?:ed|ations?|er)?|trending|popular|most-?(?:read|viewed|shared)|promo(?:box)?"
    r"|news-?letters?|sign-?up|subscribe|mailing|follow-?us|social|share|sharing|affiliate(?:-info)?"
    r"|comments?|respond|disqus|feedback|modal|popup|tooltip|debug(?:-\w+)?"
    r"|cookies?|consent|gdpr|onetrust|adverts?|advertisement|sponsor(?:ed)?|outbrain|taboola|disclaimer"
    r"|caption|credits?|image-?(?:info|credit|source|description)|img-?description|photo-?(?:credit|info)"
    r"|bildunterschrift|media-?(?:info|title|caption)|jwplayer|video-?(?:player|heading|title)|vjs-[\w-]+"
    r"|pull-?quote|visually-?hidden|sr-only|screen-?reader(?:-text)?"
    r"|twitter-tweet|instagram-media|tiktok-embed|bluesky-embed|fb-post"
    r"|author-?(?:bio|box|info|card)|about-?(?:the-)?author|tag-?list|tags|keywords|breadcrumbs?"
    r"|paywall-?(?:banner|message)"
    r")(?:$|[-_\s])",
    re.IGNORECASE,
)
_GALLERY = re.compile(r"(?:^|[-_\s])galler(?:y|ies)(?:$|[-_\s])", re.IGNORECASE)
_MAY_BE_GALLERY = ("div", "section", "ul", "ol")
_RUNS_WITHOUT = 3
"""Running paragraphs outside of a gallery from which the page is a story with a gallery, not the gallery itself."""
_UNSEEN = re.compile(r"(?:^|[-_\s])(?:visually-?hidden|sr-only|screen-?reader(?:-text)?)(?:$|[-_\s])", re.IGNORECASE)
"""Of the parts of a sentence, only what no reader sees is taken out."""
_HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_STORY = 0.6
"""Share of a page's text outside of links that is its story rather than something hidden."""
_RUNNING = 100
"""Characters outside of links that make a paragraph one of a story."""
_RUNNING_PARAGRAPHS = 2
_LINKED = 0.8
"""Share of a paragraph's or list's characters in links above which it only leads elsewhere."""
_LED_TO = 0.5
"""The same for a list whose every item begins or ends with a link, and for a paragraph after a label."""
_LABEL = re.compile(r"[^.!?。！？]{2,40}[:：»>]\s*$")


def remove_boxes(tree: HtmlElement) -> None:
    """Takes what is not the story out of `tree`, in place."""
    strip_elements(tree, *_DEAD, with_tail=False)
    _remove_hidden(tree)
    _remove_galleries(tree)
    for element in list(tree.iter(*_LOOKED_AT)):
        if _is_box(element) and (parent := element.getparent()) is not None:
            _remove(element, parent)


def linked(element: HtmlElement) -> int:
    """Characters of `element` that stand in links."""
    return sum(len("".join(link.itertext()).strip()) for link in element.iter("a") if link.get("href"))


def _remove_hidden(tree: HtmlElement) -> None:
    """Takes out what the page hides, unless that is a good part of its text: then a script is to show it."""
    hidden = [
        element
        for element in tree.iter()
        if element.get("hidden") is not None or ((style := element.get("style")) and _HIDES.search(style))
    ]
    whole = len(tree.text_content()) - linked(tree) if hidden else 0
    for element in hidden:
        parent = element.getparent()
        if parent is not None and len(element.text_content()) - linked(element) < _STORY * whole:
            _remove(element, parent)


def _remove_galleries(tree: HtmlElement) -> None:
    """Takes out the galleries of a story: their captions run on as its paragraphs do."""
    for element in [
        element
        for element in tree.iter(*_MAY_BE_GALLERY)
        if "aller" in (name := _names(element)) and _GALLERY.search(name)
    ]:
        parent = element.getparent()
        if parent is None:
            continue
        if _running(tree) - _running(element) >= _RUNS_WITHOUT:
            _remove(element, parent)


def _is_box(element: HtmlElement) -> bool:
    if element.tag in ("aside", "footer"):
        return not _runs(element)
    name = _names(element)
    if name and _names_box(name, element.tag in ("a", "span")) and not _runs(element):
        return True
    return len(element) > 0 and _leads_elsewhere(element)


def _names(element: HtmlElement) -> str:
    """Class and id of `element`."""
    name = element.get("class") or ""
    return f"{name} {identity}" if (identity := element.get("id")) else name


@lru_cache(maxsize=8192)
def _names_box(name: str, in_sentence: bool) -> bool:
    """Whether class and id call an element a box; cached, for a page repeats its names."""
    return (_UNSEEN if in_sentence else _BOX).search(_CAMEL.sub("-", name)) is not None


def _runs(element: HtmlElement) -> bool:
    """Whether `element` holds running paragraphs: then it is a part of the story, whatever it is called."""
    return _running(element, _RUNNING_PARAGRAPHS) >= _RUNNING_PARAGRAPHS


def _running(element: HtmlElement, enough: int | None = None) -> int:
    """How many running paragraphs `element` holds; counted up to `enough`."""
    running = 0
    for paragraph in element.iter("p"):
        running += len("".join(paragraph.itertext())) - linked(paragraph) >= _RUNNING
        if running == enough:
            break
    return running


def _leads_elsewhere(element: HtmlElement) -> bool:
    tag = element.tag
    if tag == "a":
        return element.get("href") is not None and next(element.iter("h2", "h3", "h4"), None) is not None
    if tag in ("ul", "ol"):
        items = element.findall("li")
        return len(items) >= 2 and all(item.find(".//a") is not None for item in items) and _share(element) >= _LED_TO
    if tag != "p" or next(element.iter("a"), None) is None:
        return False
    share = _share(element)
    return share >= _LINKED or (share >= _LED_TO and _LABEL.fullmatch(_before_link(element)) is not None)


def _share(element: HtmlElement) -> float:
    whole = _inked(element)
    return sum(_inked(link) for link in element.iter("a") if link.get("href")) / whole if whole else 0.0


def _inked(element: HtmlElement) -> int:
    """Characters of `element` without white space."""
    return sum(map(len, "".join(element.itertext()).split()))


def _before_link(element: HtmlElement) -> str:
    """What stands in `element` before its first link."""
    parts: list[str] = []
    for part in element.iter():
        if part.tag == "a":
            break
        parts.append(part.text or "")
        if part is not element and len(part) == 0:
            parts.append(part.tail or "")
    return "".join(parts).strip()


def _remove(element: HtmlElement, parent: HtmlElement) -> None:
    """Takes `element` out and leaves the text that follows it."""
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = f"{parent.text or ''} {element.tail}"
        else:
            before.tail = f"{before.tail or ''} {element.tail}"
    parent.remove(element)
