"""Bytes of a feed into text that an XML parser takes, pure.

    body ─ unpack ─▶ bytes ─ decode ─▶ text ─ tidy ─▶ text without junk around it or what XML forbids

Publishers declare one encoding and send another, put blank lines or PHP warnings before the document, let control
characters through, and write HTML's entities or bare ampersands into XML. `decode` and `tidy` are for every document,
`repair` is for those that are not well-formed after that.
"""

from __future__ import annotations

import codecs
import html
import re
import zlib
from html.entities import html5

from charset_normalizer import from_bytes

MAX_UNPACKED = 16_000_000
"""Bytes that a compressed body may unpack to; a bomb stops there."""

_SAMPLE = 40_000
_DECLARED_IN_XML = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']\s*([A-Za-z0-9._:-]+)""")
_DECLARED_IN_HTTP = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)""", re.IGNORECASE)
_MARKUP = re.compile(rb"<[^<>]*>|&#?\w+;|[\x00-\x40]+")
_MULTIBYTE_RUN = re.compile(rb"[\x80-\xff]+")

# What publishers write, and the larger encoding that they send: browsers read them so too (WHATWG Encoding).
_LARGER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
_STATEFUL = re.compile(r"iso2022|hz$|utf-?7")
_WESTERN = frozenset({"cp1252", "iso8859-15", "iso8859-2", "cp1250"})
# What is tried when nothing declared fits and the letters are not Western.
_GUESSES = [
    "gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1251", "koi8_r", "cp1256", "cp1255", "cp1253", "cp874",
]  # fmt: skip


def unpack(body: bytes) -> bytes:
    """`body`, unpacked when it is gzip under no or a wrong Content-Encoding; at most MAX_UNPACKED bytes."""
    for _ in range(2):
        if not body.startswith(b"\x1f\x8b"):
            break
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            body = unpacker.decompress(body, MAX_UNPACKED)
        except zlib.error:
            break
    return body


def decode(body: bytes, content_type: str | None) -> str:
    """The text of `body`.

    In this order: a byte order mark; UTF-8, which hardly ever fits by chance; what HTTP and the XML declaration say,
    when it fits; UTF-8 with some broken characters; the most plausible guess. Broken characters become U+FFFD.
    """
    for mark, encoding in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    for beginning, encoding in (
        (b"\x00\x00\x00<", "utf-32-be"),
        (b"<\x00\x00\x00", "utf-32-le"),
        (b"\x00<", "utf-16-be"),
        (b"<\x00", "utf-16-le"),
        (b"Lo\xa7\x94", "cp037"),
    ):
        if body.startswith(beginning):
            return body.decode(encoding, "replace")
    declared = _declared(body, content_type)
    if any(_STATEFUL.search(encoding.replace("_", "")) for encoding in declared):
        return body.decode(declared[0], "replace")
    if body.isascii():
        return body.decode("ascii")
    utf8 = _strictly(body, "utf-8")
    if utf8 is not None and (len(_MULTIBYTE_RUN.findall(body)) > 2 or "utf-8" in declared or not declared):
        return utf8
    for encoding in declared:
        text = _strictly(body, encoding)
        if text is not None and (encoding not in _WESTERN or not _foreign(body)):
            return text
    if utf8 is not None:
        return utf8
    broken = body.decode("utf-8", "replace")
    good = sum(character > "\x7f" for character in broken) - broken.count("\ufffd")
    if good > 10 * broken.count("\ufffd"):
        return broken
    return _guess(body, declared)


def tidy(text: str) -> str:
    """`text` from its first tag (or brace) on, without the XML declaration and without characters that XML forbids."""
    text = _FORBIDDEN.sub("", text).lstrip("\ufeff \t\r\n")
    if not text.startswith(("<", "{", "[")):
        start = _BEGINNING.search(text[:_JUNK])
        text = text[start.start() :] if start else text
    return _XML_DECLARATION.sub("", text).lstrip()


def repair(text: str) -> str:
    """`text` with what is most often wrong in XML fixed, outside of CDATA and comments.

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
_BEGINNING = re.compile(r"<\?xml|<rss|<rdf:|<feed|<!DOCTYPE|<channel", re.IGNORECASE)
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


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """The encodings that HTTP and the XML declaration name, in that order, as Python knows them."""
    names = []
    if content_type and (match := _DECLARED_IN_HTTP.search(content_type)):
        names.append(match[1])
    if in_xml := _DECLARED_IN_XML.match(body[:1000]):
        names.append(in_xml[1].decode("ascii"))
    known = []
    for name in names:
        try:
            codec = codecs.lookup(name)
        except LookupError:
            continue
        if codec._is_text_encoding:
            known.append(_LARGER.get(codec.name, codec.name))
    return list(dict.fromkeys(known))


def _strictly(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _foreign(body: bytes) -> bool:
    """Whether most letters are above ASCII, which no Western language is: then a Western declaration is wrong."""
    letters = _MARKUP.sub(b"", body[:_SAMPLE])
    high = sum(map(len, _MULTIBYTE_RUN.findall(letters)))
    return high > 30 and high > 0.5 * len(letters)


def _guess(body: bytes, declared: list[str]) -> str:
    guesses = []
    if _foreign(body):
        sample = _MARKUP.sub(b" ", body[:_SAMPLE])
        best = from_bytes(sample, cp_isolation=_GUESSES, preemptive_behaviour=False).best()
        guesses = [best.encoding] if best else []
    for encoding in (*guesses, *declared, "cp1252"):
        text = body.decode(_LARGER.get(encoding, encoding), "replace")
        if text.count("\ufffd") <= len(text) // 1000 + 2:
            return text
    return body.decode(declared[0] if declared else "cp1252", "replace")
