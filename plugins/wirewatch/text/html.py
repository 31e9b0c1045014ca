"""Markup in feeds into plain text, pure."""

from __future__ import annotations

import html
import re

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})

_BLOCKS = (
    *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr"),
    "ul",
)
_SILENT = ("script", "style")
_TAG = re.compile(r"</?[A-Za-z!]")


def text_of(markup: str) -> str:
    """What a reader sees of a piece of HTML: one line a block, whitespace folded."""
    if not _TAG.search(markup):
        return _fold(html.unescape(markup))
    try:
        root: HtmlElement = lxml.html.document_fromstring(f"<div>{markup}</div>")
    except (etree.ParserError, ValueError):
        # Nothing but comments, or something that libxml2 can't hold in a tree.
        return _fold(html.unescape(re.sub("<[^<>]*>", " ", markup)))
    etree.strip_elements(root, *_SILENT, etree.Comment, with_tail=False)
    for block in root.iter(*_BLOCKS):
        block.text = "\n" + (block.text or "")
        block.tail = "\n" + (block.tail or "")
    return _fold(root.text_content())


def line_of(markup: str) -> str:
    """`text_of` on a single line, for titles and names."""
    return " ".join(text_of(markup).split())


def _fold(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
