"""Characters to a tree, pure: lxml, set up so that a tree is cheap to make, to walk and to copy.

The repairs are trafilatura's (`load_html`), and so is what counts as HTML; two things differ. The characters go to the
parser as UTF-8, which is what it works on. And every element has the one class that trafilatura needs: lxml.html looks
up a class for each (forms, fields, labels), in Python, whenever it is touched.
"""

from __future__ import annotations

import re

from lxml.etree import ElementDefaultClassLookup, HTMLParser, LxmlError, strip_elements, strip_tags
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HtmlProcessingInstruction, fromstring

from wirewatch.records import clean_text

_PARSER = HTMLParser(
    encoding="utf-8",
    collect_ids=False,
    default_doctype=False,  # type: ignore[call-arg] # the stubs lack it
    remove_comments=True,
    remove_pis=True,
)
_PARSER.set_element_class_lookup(
    ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity)
)
_CONTROLS = bytes({*range(32)} - set(b"\t\n\r"))
_NO_CHARACTERS = re.compile(b"\xef\xbf[\xbe\xbf]")
"""U+FFFE and U+FFFF."""
_UNSEEN = "\u00ad\u200b\u2060"
_UNSEEN_ENTITY = re.compile(rb"&(?:shy|ZeroWidthSpace|NoBreak|#173|#x0*[aA][dD]|#8203|#x200[bB]|#8288|#x2060);")
"""Soft hyphens and spaces of no width, which keep words from being found."""
_JOINERS = re.compile("(?<=[ -\u058f])[\u200c\u200d]|[\u200c\u200d](?=[ -\u058f])")
"""They mean something in other scripts than Latin, Greek and Cyrillic."""
_HEADING = re.compile(rb"<(/?)[hH]([1-6])(?=[\s>/])")
_READINGS = ("rt", "rp", "rtc")
_IN_WORDS = ("ruby", "rb", "rbc", "wbr", "nobr")
"""Elements within words, which extractors take for gaps between them."""
_HEAD = 50
_FIRST_LINES = 4096
_DOCTYPE = re.compile(rb"< ?! ?DOCTYPE[^>\n]*/[^<>\n]*>", re.IGNORECASE)
"""One with a slash in it (an address), which libxml2 stumbles over."""
_SELF_CLOSED = re.compile(rb"(<html[^<>\n]*?)\s*/>", re.IGNORECASE)


def parse_html(text: str) -> HtmlElement | None:
    """The tree of a page; None when `text` is no HTML."""
    if "\u200d" in text or "\u200c" in text:
        text = _JOINERS.sub("", text)
    for mark in _UNSEEN if not text.isascii() else "":
        if mark in text:
            text = text.replace(mark, "")
    try:
        page = text.encode()
    except UnicodeEncodeError:
        page = clean_text(text).encode()
    page = page.translate(None, _CONTROLS)
    if b"\xef\xbf" in page:
        page = _NO_CHARACTERS.sub(b"", page)
    page = _with_matching_headings(_UNSEEN_ENTITY.sub(b"", page))
    head = page[:_HEAD].lower()
    if doctype := _DOCTYPE.match(page):
        page = page[doctype.end() :]
    if b"/>" in page[:_FIRST_LINES] and (faulty := _SELF_CLOSED.search(page, 0, _FIRST_LINES)):
        page = page[: faulty.end(1)] + page[faulty.end() - 1 :]
    try:
        tree = fromstring(page, parser=_PARSER)
    except (LxmlError, ValueError, AssertionError):
        return None
    if b"<ruby" in page or b"<wbr" in page or b"<nobr" in page:
        strip_elements(tree, *_READINGS, with_tail=False)
        strip_tags(tree, *_IN_WORDS)
    return None if b"html" not in head and len(tree) < 2 else tree


def _with_matching_headings(page: bytes) -> bytes:
    """`page` with each heading ended as it began, which is what browsers take `<h1>…</h2>` for."""
    level: bytes | None = None

    def matched(tag: re.Match[bytes]) -> bytes:
        nonlocal level
        opened, level = level, None if tag[1] else tag[2]
        return b"</h" + opened if tag[1] and opened else tag[0]

    return _HEADING.sub(matched, page)
