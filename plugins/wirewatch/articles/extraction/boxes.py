"""Parts of a page that are not its story, taken out of the tree before the main text is looked for (pure).

Known by their tag (`nav`, `aside`, `footer`), by what their class or id calls them (related, newsletter, caption,
comments …), or by only leading elsewhere: a paragraph or a list that is nearly all links, a card (a link around a
headline).

Exception: an element with two or more running paragraphs stays, whatever it is called; wrappers of whole stories carry
names such as `has-newsletter` and `comments-open`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from lxml.etree import strip_elements
from lxml.html import HtmlElement

from wirewatch.articles.extraction.boilerplate import is_boilerplate
from wirewatch.text.html import INLINE

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
    r"|captions?|credits?|image-?(?:info|credit|source|description|text)|img-?description|photo-?(?:credit|info|text)"
    r"|bildunterschrift|bild-?(?:rechte|text|quelle)|media-?(?:info|title|sub-?title|caption|source|rights|credit)|jwplayer|video-?(?:player|heading|title)|vjs-[\w-]+"
    r"|pull-?quote|visually-?hidden|sr-only|screen-?reader(?:-text)?"
    r"|kicker|eyebrow|overline|topline|dach-?zeile|spitz-?marke"
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

_INITIAL = 3
"""Characters of an initial letter, with a quotation mark before it."""
_STORY = 0.6
"""Share of a page's text outside of links that is its story rather than something hidden."""
_RUNNING = 100
"""Characters outside of links that make a paragraph one of a story."""
_RUNNING_PARAGRAPHS = 2
_LINKED = 0.8
"""Share of a paragraph's or list's characters in links above which it only leads elsewhere."""
_LED_TO = 0.5
"""The same for a list whose every item begins or ends with a link, and for a paragraph after a label."""
_BEYOND_LINK = 8
"""Characters without white space by which an item of a list goes on after its link."""
_INTRODUCES = 25
"""Characters of a line with a colon that introduces a list, and is more than its label."""
_LEAST_OF_SENTENCE = 60
_ENDS_SENTENCE = (".", "!", "?", "…", "。", "！", "？")
_LABEL = re.compile(r"[^.!?。！？]{2,40}[:：»>]\s*$")


def remove_boxes(tree: HtmlElement) -> None:
    """Takes what is not the story out of `tree`, in place."""
    strip_elements(tree, *_DEAD, with_tail=False)
    _show_initials(tree)
    _remove_hidden(tree)
    _remove_galleries(tree)
    for element in list(tree.iter(*_LOOKED_AT)):
        if _is_box(element) and (parent := element.getparent()) is not None:
            _remove(element, parent)


def reads_as_sentence(text: str) -> bool:
    """Whether `text` is long enough for a sentence, and ends as one does."""
    text = text.strip().rstrip('”"’»)')
    return len(text) >= _LEAST_OF_SENTENCE and text.endswith(_ENDS_SENTENCE)


def linked(element: HtmlElement) -> int:
    """Characters of `element` that are in links."""
    return sum(len("".join(link.itertext()).strip()) for link in element.iter("a") if link.get("href"))


def _show_initials(tree: HtmlElement) -> None:
    """Takes the mark off the first letter of a word that is set apart from it: extractors would drop the letter."""
    for element in tree.iter("span", "b", "strong", "i", "em"):
        if element.get("aria-hidden") and element.text and len(element.text.strip()) <= _INITIAL:
            del element.attrib["aria-hidden"]


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
        if parent is None or _is_streamed(element, hidden):
            continue
        if len(element.text_content()) - linked(element) < _STORY * whole:
            _remove(element, parent)


def _is_streamed(element: HtmlElement, hidden: Sequence[HtmlElement]) -> bool:
    """Whether `element` holds a story with the page's only headline, which a script is to show."""
    heading = next(element.iter("h1"), None)
    if heading is None or not _runs(element):
        return False
    root = element.getroottree().getroot()
    return not any(
        other is not heading and not any(part in hidden for part in other.iterancestors()) for other in root.iter("h1")
    )


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
        linked_items = len(items) >= 2 and all(item.find(".//a") is not None for item in items)
        return linked_items and _share(element) >= _LED_TO and not _lists_facts(element, items)
    if tag != "p" or next(element.iter("a"), None) is None:
        return False
    share = _share(element)
    if share >= _LINKED:
        return not (reads_as_sentence("".join(element.itertext())) and _is_between_paragraphs(element))
    return share >= _LED_TO and _LABEL.fullmatch(_before_link(element)) is not None


def _lists_facts(element: HtmlElement, items: Sequence[HtmlElement]) -> bool:
    """Whether a list of the story links to its sources: each item goes on after its link, between paragraphs."""

    def goes_on(item: HtmlElement) -> bool:
        beyond = _inked(item) - sum(map(_inked, item.iter("a")))
        return beyond >= _BEYOND_LINK and not _before_link(item).endswith((":", "："))

    return all(map(goes_on, items)) and _is_between_paragraphs(element)


def _is_between_paragraphs(element: HtmlElement) -> bool:
    """Whether `element`, or the wrapper that holds nothing else, is between paragraphs of a story."""
    while (parent := element.getparent()) is not None and len(parent) == 1 and parent.tag == "div":
        element = parent
    before, after = element.getprevious(), element.getnext()
    return before is not None and after is not None and _is_of_story(before) and _is_of_story(after)


def _is_of_story(element: HtmlElement) -> bool:
    """Whether `element` is a paragraph of a story, or the line that introduces what follows."""
    if element.tag not in ("p", "div"):
        return False
    text = "".join(element.itertext()).strip()
    if is_boilerplate(text):
        return False
    return len(text) - linked(element) >= _RUNNING or (text.endswith((":", "：")) and len(text) >= _INTRODUCES)


def _share(element: HtmlElement) -> float:
    whole = _inked(element)
    return sum(_inked(link) for link in element.iter("a") if link.get("href")) / whole if whole else 0.0


def _inked(element: HtmlElement) -> int:
    """Characters of `element` without white space."""
    return sum(map(len, "".join(element.itertext()).split()))


def _before_link(element: HtmlElement) -> str:
    """What is in `element` before its first link."""
    parts: list[str] = []
    for part in element.iter():
        if part.tag == "a":
            break
        parts.append(part.text or "")
        if part is not element and len(part) == 0:
            parts.append(part.tail or "")
    return "".join(parts).strip()


def _remove(element: HtmlElement, parent: HtmlElement) -> None:
    """Takes `element` out and leaves the text that follows it: parted from what stood before, if a browser would."""
    if element.tail:
        before, gap = element.getprevious(), "" if element.tag in INLINE else " "
        if before is None:
            parent.text = f"{parent.text or ''}{gap}{element.tail}"
        else:
            before.tail = f"{before.tail or ''}{gap}{element.tail}"
    parent.remove(element)
