"""Bytes of a page to text, pure: the encoding is tried, not believed.

In this order: byte order mark; UTF-8 when the bytes are valid UTF-8 (other encodings almost never are by chance); the
encoding declared in the HTTP header, then in the page, each as the wider one that browsers read it as (gb2312 as
gb18030, iso-8859-1 as windows-1252); UTF-8 with a few broken characters; detection by statistics (charset-normalizer).

A declared one-byte encoding fits any bytes, so it is only believed when the text then looks like what such an encoding
is for: in Western text at most a few letters in a hundred are beyond ASCII, in mojibake most are.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,30})""", re.IGNORECASE)
_XML_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,30})""")
_DECLARATION_BYTES = 4096

# What browsers read a label as (WHATWG Encoding Standard), by Python's names.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_WEB_ENCODING = re.compile(
    r"utf-(?:8|16(?:-[bl]e)?)|iso8859-\d+|cp(?:125\d|866|874|932|949)|koi8-[ru]|mac-\w+|gb18030|big5hkscs|euc_jp|iso2022_jp"
)
"""Encodings of pages; Python's other codecs (`zlib`, `idna`, `unicode_escape` …) are none."""
_WESTERN = frozenset({"cp1252", "cp1254", "iso8859-15", "iso8859-2", "cp1250", "cp1257", "iso8859-4"})
_MARKUP = re.compile(rb"<script\b.*?</script\s*>|<style\b.*?</style\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_ASCII_LETTER = re.compile(rb"[A-Za-z]+")
_HIGH = re.compile(rb"[\x80-\xff]+")
_MOST_HIGH = 0.35
"""Share of non-ASCII bytes among the letters above which no text is Western (Vietnamese, the densest, has 0.25)."""
_BROKEN = 0.02
"""Share of characters beyond ASCII that may be broken in a page which still is UTF-8."""
_SAMPLE = 20_000


def decode(page: bytes, http_charset: str | None = None) -> tuple[str, str]:
    """The text of `page` and the encoding it was read in; `http_charset` is what the Content-Type header declared.

    Never fails: what fits nothing is read as UTF-8 with U+FFFD in place of the broken bytes.
    """
    for bom, encoding in _BOMS:
        if page.startswith(bom):
            return page[len(bom) :].decode(encoding, "replace"), encoding
    try:
        return page.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass  # most often another encoding; each is tried below
    for encoding in _declared(page, http_charset):
        if encoding == "utf-8" or (encoding in _WESTERN and not _looks_western(page)):
            continue
        text = page.decode(encoding, "replace")
        if text.count("\ufffd") <= _BROKEN * _beyond_ascii(text):
            return text, encoding
    text = page.decode("utf-8", "replace")
    if text.count("\ufffd") <= _BROKEN * _beyond_ascii(text):
        return text, "utf-8"
    visible = _MARKUP.sub(b" ", page)
    matches = from_bytes(visible[:_SAMPLE])
    found = matches.best()
    if found is not None and found.encoding in _WESTERN:
        # Alphabets that differ in a few letters tie; the widespread one is taken.
        found = next((m for m in matches if m.encoding == "cp1252" and m.chaos <= found.chaos), found)
    if found is not None and found.encoding not in ("utf_8", "ascii"):
        encoding = _wider(found.encoding) or found.encoding
        return page.decode(encoding, "replace"), encoding
    return text, "utf-8"


def _declared(page: bytes, http_charset: str | None) -> list[str]:
    """The declared encodings that Python knows, the header's first, without repeats."""
    head = page[:_DECLARATION_BYTES]
    labels = [http_charset] if http_charset else []
    labels += [match[1].decode("ascii") for match in (_DECLARED.search(head), _XML_DECLARED.search(head)) if match]
    return list(dict.fromkeys(name for label in labels if (name := _wider(label))))


def _wider(label: str) -> str | None:
    try:
        name = codecs.lookup(label.strip().strip("\"'")).name
    except LookupError:
        return None
    name = _WIDER.get(name, name)
    return name if _WEB_ENCODING.fullmatch(name) else None


def _looks_western(page: bytes) -> bool:
    visible = _MARKUP.sub(b" ", page)
    high = sum(len(run) for run in _HIGH.findall(visible))
    letters = sum(len(run) for run in _ASCII_LETTER.findall(visible))
    return high <= _MOST_HIGH * (high + letters)


def _beyond_ascii(text: str) -> int:
    return sum(not character.isascii() for character in text)
