"""Text of a feed into text that an XML parser takes, pure.

Publishers put blank lines, log lines or PHP warnings before the document, let control characters through, and write
HTML's entities or bare ampersands into XML. `tidy` is for every document, `repair` for those that are not well-formed
after that.
"""

from __future__ import annotations

import html
import re
from html.entities import html5

from wirewatch.text.encoding import join_surrogates


def tidy(text: str) -> str:
    """`text` from its first tag (or brace) on, without the XML declaration and without characters that XML forbids.

    What a server prints before the document goes: blank lines, log lines, PHP's messages.
    """
    text = _FORBIDDEN.sub("", join_surrogates(text)).lstrip("\ufeff \t\r\n")
    if not _SOUND.match(text):
        start = _BEGINNING.search(text[:_JUNK])
        text = text[start.start() :] if start else text
    return _XML_DECLARATION.sub("", text).lstrip()


def as_meant(text: str) -> str:
    """The text of an element, without two marks of careless generators.

    Marks of CDATA that were escaped, so that they came as text, go; characters of Windows-1252 that came as control
    characters (`&#146;`) become what they are there.
    """
    if "![CDATA[" in text:
        text = _CDATA_MARKS.sub("", text)
    return text if text.isascii() else text.translate(_WINDOWS)


def repair(text: str) -> str:
    """`text` with what is most often wrong in XML repaired, outside of CDATA and comments.

    Entities of HTML become their characters, other names and bare ampersands become text, references to forbidden
    characters go, and so does a `<` that begins no tag.
    """
    pieces = _CDATA_OR_COMMENT.split(text)
    pieces[::2] = [_BARE_LESS.sub("&lt;", _AMPERSAND.sub(_reference, piece)) for piece in pieces[::2]]
    return "".join(pieces)


def without_doctype(text: str) -> str:
    """`text` without its document type: entities with plain values are filled in, all others are never expanded."""
    doctype = _DOCTYPE.match(text)
    if doctype is None:
        return text
    entities = dict(_PLAIN_ENTITY.findall(doctype[2] or "")[:_MAX_ENTITIES])
    rest = text[doctype.end() :]
    if entities:
        rest = _NAMED.sub(lambda match: entities.get(match[1], match[0]), rest)
    return doctype[1] + rest


_JUNK = 5_000
_MAX_ENTITIES = 300
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_BEGINNING = re.compile(
    r"""<\?xml|<rss\b|<rdf:|<feed\b|<!DOCTYPE|<channel\b|<(?:\w+:)?(?:urlset|sitemapindex)\b|\{\s*"(?:version|title|items|home_page_url)"\s*:""",
    re.IGNORECASE,
)
_SOUND = re.compile(r"""[\[{]\s*["{\]}]|<(?!(?:br|b|p|div|pre|font|span|table)\b)""", re.IGNORECASE)
"""How a document begins before which nothing was printed: JSON, or a tag that is not one of PHP's messages."""
_WINDOWS = {code: character for code in range(0x80, 0xA0) if (character := bytes([code]).decode("cp1252", "ignore"))}
_CDATA_MARKS = re.compile(r"(?:<|&lt;)!\[CDATA\[|\]\](?:>|&gt;)")
_XML_DECLARATION = re.compile(r"^<\?xml\b[^>]*>")
_CDATA_OR_COMMENT = re.compile(r"(<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*))", re.DOTALL)
_AMPERSAND = re.compile(r"&(?:#(\d{1,8}|[xX][0-9A-Fa-f]{1,8});|([A-Za-z][A-Za-z0-9]{1,30});)?")
_BARE_LESS = re.compile(r"<(?![A-Za-z_:/!?])")
_NAMED = re.compile(r"&([A-Za-z_][\w.-]*);")
_PLAIN_ENTITY = re.compile(r"""<!ENTITY\s+([A-Za-z_][\w.-]*)\s+["']([^"'&<%]{0,200})["']\s*>""")
# What may stand before a document type, then the type with its declarations.
_DOCTYPE = re.compile(
    r"((?>\s++|<\?.*?\?>|<!--.*?-->)*+)<!DOCTYPE[^\[>]*+(?:\[(.*?)\]\s*+)?>", re.DOTALL | re.IGNORECASE
)


def _reference(match: re.Match[str]) -> str:
    number, name = match[1], match[2]
    if number:
        code = int(number[1:], 16) if number[0] in "xX" else int(number)
        if code > 0x10FFFF or _FORBIDDEN.match(chr(code)):
            return ""
        return match[0]
    if name in ("amp", "lt", "gt", "quot", "apos"):
        return match[0]
    character = html5.get(f"{name};") if name else None
    if character:
        return html.escape(character)
    return "&amp;" + match[0][1:]
