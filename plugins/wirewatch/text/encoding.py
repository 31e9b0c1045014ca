"""Bytes of a page or a feed to text, pure: the declared encoding is verified.

In this order: gzip that nobody announced is unpacked; a byte order mark, or NUL bytes that only UTF-16 and UTF-32 have;
UTF-8 when the bytes are valid UTF-8, or nearly (other encodings almost never are by chance); the encoding declared in
the HTTP header, then in the document, each as the wider one that browsers read it as (gb2312 as gb18030, iso-8859-1 as
windows-1252); detection by statistics (chardetng, the detector of Firefox).

A declared one-byte encoding fits any bytes, so it is only used when the text then looks like what such an encoding
is for: in Western text at most a few letters in a hundred are beyond ASCII, in mojibake most are.
"""

from __future__ import annotations

import codecs
import re
import zlib

from chardetng_py import EncodingDetector

MAX_UNPACKED = 16_000_000
"""Bytes that a compressed body may unpack to; a bomb stops there."""

_GZIP = b"\x1f\x8b"
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How documents begin, two ASCII characters, in the encodings that are not made of ASCII bytes.
_BEGINNINGS = (
    (re.compile(rb"\0\0\0[\t-~]\0\0\0[\t-~]"), "utf-32-be"),
    (re.compile(rb"[\t-~]\0\0\0[\t-~]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0[\t-~]\0[\t-~]"), "utf-16-be"),
    (re.compile(rb"[\t-~]\0[\t-~]\0"), "utf-16-le"),
    (re.compile(rb"Lo\xa7\x94"), "cp037"),
)
_ISO_2022 = re.compile(rb"\x1b[$(]")

_IN_HTTP = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)""", re.IGNORECASE)
_IN_XML = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']\s*([A-Za-z0-9_:.-]{2,30})""")
_IN_HTML = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,30})""", re.IGNORECASE)
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
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_WEB_ENCODING = re.compile(r"utf-8|iso8859-\d+|cp(?:125\d|866|874|932|949)|koi8-[rut]|mac-\w+|gb18030|big5hkscs|euc_jp")
"""Encodings of documents; Python's other codecs (`zlib`, `idna`, `unicode_escape` …) are not."""
_STATEFUL = re.compile(r"iso2022\w*|hz|utf-7")
"""Encodings made of ASCII bytes: they have to be declared."""
_WESTERN = frozenset({"cp1252", "cp1254", "iso8859-15", "iso8859-2", "cp1250", "cp1257", "iso8859-4"})
_MULTIBYTE = frozenset({"gb18030", "big5hkscs", "cp932", "euc_jp", "cp949"})
_CDATA = re.compile(rb"<!\[CDATA\[|\]\]>")
_MARKUP = re.compile(rb"<script\b.*?</script\s*>|<style\b.*?</style\s*>|<[^<>]*>|&#?\w+;", re.IGNORECASE | re.DOTALL)
_ASCII_LETTER = re.compile(rb"[A-Za-z]+")
_HIGH = re.compile(rb"[\x80-\xff]+")
_MOST_HIGH = 0.35
"""Share of non-ASCII bytes among the letters above which no text is Western (Vietnamese, the densest, has 0.25)."""
_CHANCE = 2
"""Runs of Chinese, Japanese or Korean bytes that may be valid UTF-8 by chance."""
_BROKEN = 0.1
"""Share of characters beyond ASCII that may be broken in a document which still is UTF-8."""
_BROKEN_DECLARED = 0.02
"""The same for an encoding that is declared: more encodings than UTF-8 fit with some broken characters."""
_SAMPLE = 200_000

_SURROGATES = re.compile(
    r"&(?:amp;)?#(?:[xX]([dD][89abAB][0-9A-Fa-f]{2})|(5[56]\d{3}));"
    r"&(?:amp;)?#(?:[xX]([dD][c-fC-F][0-9A-Fa-f]{2})|(5[67]\d{3}));"
)


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """The text of `body` and the encoding it was read in, by Python's name.

    `content_type` is the HTTP header. Never fails: broken bytes become U+FFFD.
    """
    body = _unpacked(body)
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace"), encoding
    for beginning, encoding in _BEGINNINGS:
        if beginning.match(body):
            return body.decode(encoding, "replace"), encoding
    labels = _labels(body, content_type)
    if body.isascii():
        return _from_ascii(body, labels)
    declared = list(dict.fromkeys(filter(None, map(_web_encoding, labels))))
    utf8 = _from_utf8(body, declared)
    if utf8 is not None:
        return utf8, "utf-8"
    for encoding in declared:
        text = body.decode(encoding, "replace")
        believable = encoding not in _WESTERN or _looks_western(body)
        if encoding != "utf-8" and believable and _broken(text, body) <= _BROKEN_DECLARED:
            return text, encoding
    encoding = _guess(body)
    return body.decode(encoding, "replace"), encoding


def join_surrogates(text: str) -> str:
    """`text` with character references to the two halves of one character (`&#xD83D;&#xDE00;`) as that character."""

    def join(match: re.Match[str]) -> str:
        high = int(match[1], 16) if match[1] else int(match[2])
        low = int(match[3], 16) if match[3] else int(match[4])
        if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
            return match[0]
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))

    return _SURROGATES.sub(join, text)


def _unpacked(body: bytes) -> bytes:
    """`body` without gzip under no or a wrong Content-Encoding, packed twice too; all members of a file."""
    for _ in range(2):
        if not body.startswith(_GZIP):
            break
        whole, rest = bytearray(), body
        while rest.startswith(_GZIP) and len(whole) < MAX_UNPACKED:
            unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
            try:
                whole += unpacker.decompress(rest, MAX_UNPACKED - len(whole))
            except zlib.error:
                break
            rest = unpacker.unused_data
        if not whole:
            break
        body = bytes(whole)
    return body


def _labels(body: bytes, content_type: str | None) -> list[str]:
    """The declared encodings that Python knows, by its names: HTTP's first, then XML's, then HTML's."""
    head = body[:_DECLARATION_BYTES]
    in_http = _IN_HTTP.search(content_type or "")
    written = [in_http[1]] if in_http else []
    written += [match[1].decode("ascii") for match in (_IN_XML.search(head), _IN_HTML.search(head)) if match]
    names = []
    for label in written:
        try:
            names.append(codecs.lookup(label).name)
        except LookupError:
            continue
    return names


def _web_encoding(name: str) -> str | None:
    name = _WIDER.get(name, name)
    return name if _WEB_ENCODING.fullmatch(name) else None


def _from_ascii(body: bytes, labels: list[str]) -> tuple[str, str]:
    """ASCII bytes are ASCII, but for the encodings that are made of them."""
    encoding = next((name for name in labels if _STATEFUL.fullmatch(name)), None)
    if encoding is None and _ISO_2022.search(body):
        encoding = "iso2022_jp"
    return (body.decode(encoding, "replace"), encoding) if encoding else (body.decode("ascii"), "utf-8")


def _from_utf8(body: bytes, declared: list[str]) -> str | None:
    """`body` as UTF-8; None when it is not.

    One valid sequence of several bytes beats a declared one-byte encoding, in which it would be nonsense (`Ã©`). In
    Chinese, Japanese or Korean a word or two may be valid UTF-8 by chance.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        return text if _broken(text, body) <= _BROKEN else _from_cesu8(body)
    # The declaration first: counting takes longer than decoding.
    by_chance = declared and declared[0] in _MULTIBYTE and len(_HIGH.findall(body)) <= _CHANCE
    if by_chance and "\ufffd" not in body.decode(declared[0], "replace"):
        return None
    return text


def _from_cesu8(body: bytes) -> str | None:
    """`body` as what Java and Oracle take for UTF-8: characters beyond the 65,536th as two halves."""
    if b"\xed" not in body:
        return None
    try:
        return body.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeError:
        return None


def _guess(body: bytes) -> str:
    visible = _MARKUP.sub(b" ", _CDATA.sub(b" ", body))
    detector = EncodingDetector()
    detector.feed(visible[:_SAMPLE], last=True)
    guessed: str = detector.guess(tld=None, allow_utf8=False)
    try:
        return _web_encoding(codecs.lookup(guessed).name) or "cp1252"
    except LookupError:
        return "cp1252"


def _looks_western(body: bytes) -> bool:
    visible = _MARKUP.sub(b" ", _CDATA.sub(b" ", body))
    high = sum(len(run) for run in _HIGH.findall(visible))
    letters = sum(len(run) for run in _ASCII_LETTER.findall(visible))
    return high <= _MOST_HIGH * (high + letters)


def _broken(text: str, body: bytes) -> float:
    """Share of the characters beyond ASCII in `text` that could not be decoded."""
    broken = text.count("\ufffd") - body.count("\ufffd".encode())
    beyond_ascii = sum(not character.isascii() for character in text)
    return broken / beyond_ascii if beyond_ascii else 0.0
