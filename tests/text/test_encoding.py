"""Bytes to text: the encoding is tried, not believed."""

import codecs
import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.feeds.parser.parsing import parse_feed
from wirewatch.text.encoding import decode, join_surrogates

NOW = datetime(2026, 6, 10, tzinfo=UTC)

TEXTS = {
    "zh": "国防部发言人三日说，两国军队将恢复对话，并就海上安全举行磋商。" * 4,
    "zh-Hant": "國防部發言人三日表示，兩國軍隊將恢復對話，並就海上安全舉行磋商。" * 4,
    "ja": "防衛省の報道官は三日、両国の部隊が対話を再開すると述べた。" * 4,
    "ko": "국방부 대변인은 사흘 두 나라 군대가 대화를 다시 시작한다고 말했다. " * 4,
    "ru": "Представитель министерства обороны заявил, что стороны возобновят переговоры. " * 4,
    "fr": "Le porte-parole a déclaré que les deux armées reprendraient leurs échanges à l'été. " * 4,
    "pl": "Rzecznik ministerstwa powiedział, że obie armie wznowią rozmowy w środę. " * 4,
}


def page(language, charset=None):
    declared = f'<meta charset="{charset}">' if charset else ""
    return f"<html><head>{declared}<title>x</title></head><body><p>{TEXTS[language]}</p></body></html>"


@pytest.mark.parametrize(
    ("language", "encoding", "declared"),
    [
        ("zh", "gbk", "gb2312"),
        ("zh", "gb18030", "GBK"),
        ("zh", "gbk", "utf-8"),
        ("zh", "gbk", "iso-8859-1"),
        ("zh", "gbk", None),
        ("zh-Hant", "big5", "big5"),
        ("ja", "cp932", "Shift_JIS"),
        ("ja", "euc-jp", "euc-jp"),
        ("ko", "cp949", "euc-kr"),
        ("ru", "cp1251", "windows-1251"),
        ("ru", "cp1251", "iso-8859-1"),
        ("ru", "cp1251", "utf-8"),
        ("ru", "koi8-r", "koi8-r"),
        ("fr", "cp1252", "iso-8859-1"),
        ("fr", "cp1252", "utf-8"),
        ("fr", "utf-8", "iso-8859-1"),
        ("pl", "iso-8859-2", "iso-8859-2"),
        ("pl", "cp1250", "windows-1250"),
        ("zh", "utf-16", None),
        ("fr", "utf-8-sig", None),
    ],
)
def test_pages_are_read_whatever_they_declare(language, encoding, declared):
    characters = page(language, declared)
    assert decode(characters.encode(encoding))[0] == characters


def test_the_header_comes_before_the_page():
    characters = page("ru", "koi8-r")
    assert decode(characters.encode("cp1251"), "text/html; charset=windows-1251") == (characters, "cp1251")


def test_an_unknown_label_is_passed_over():
    characters = page("ru", "x-nothing")
    assert decode(characters.encode("cp1251"), "text/html; charset=neither")[0] == characters


def test_a_few_broken_bytes_leave_utf8():
    whole = page("zh", "utf-8").encode()
    read, encoding = decode(whole[:400] + b"\xff" + whole[400:])
    assert encoding == "utf-8"
    assert "国防部发言人" in read


@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "gbk", "big5", "iso-8859-1", "utf-16", "zlib", ""]))
def test_any_bytes_are_some_text(page_bytes, charset):
    text, encoding = decode(page_bytes, f"text/html; charset={charset}")
    assert isinstance(text, str)
    codecs.lookup(encoding)


CENTRAL_EUROPE = {
    "pl": (
        "Rzecznik powiedział, że obie armie wznowią rozmowy w środę, a ćwiczenia się zakończą.",
        "iso-8859-2",
    ),
    "cs": ("Mluvčí řekl, že obě armády obnoví rozhovory ve středu a cvičení skončí příští týden.", "iso-8859-2"),
    "hu": ("A szóvivő közölte, hogy a két hadsereg szerdán újra tárgyal, és a gyakorlat később ér véget.", "cp1250"),
    "tr": ("Sözcü, iki ordunun görüşmelere çarşamba günü yeniden başlayacağını söyledi.", "iso-8859-9"),
}


@pytest.mark.parametrize("language", CENTRAL_EUROPE)
def test_one_detector_serves_feeds_and_pages(language):
    text, encoding = CENTRAL_EUROPE[language]
    assert decode(f"<html><body><p>{text}</p></body></html>".encode(encoding))[0].count(text) == 1
    feed = f"<rss version='2.0'><channel><item><title>{text}</title></item></channel></rss>".encode(encoding)
    (entry,) = parse_feed(feed, url="", now=NOW).entries
    assert entry.title == text


def test_one_sequence_of_utf8_beats_a_declared_one_byte_encoding():
    assert decode("<p>Café</p>".encode(), "text/html; charset=iso-8859-1") == ("<p>Café</p>", "utf-8")
    broken = "<p>Café à l’été</p>".encode() * 9 + b"\xe9"
    assert decode(broken, "text/html; charset=iso-8859-1")[1] == "utf-8"


def test_a_word_of_chinese_that_happens_to_be_utf8_is_what_is_declared():
    word = "模".encode("gbk")
    assert word.decode("utf-8")  # it is, by chance
    assert decode(b"<p>" + word + b"</p>", "text/html; charset=gbk")[0] == "<p>模</p>"


def test_utf16_has_nul_bytes():
    assert decode("<p>Naïve</p>".encode(), "text/html; charset=utf-16") == ("<p>Naïve</p>", "utf-8")
    assert decode("<p>海峡</p>".encode("utf-16-be"))[0] == "<p>海峡</p>"
    assert decode('{"a": "海峡"}'.encode("utf-16-le"))[0] == '{"a": "海峡"}'


def test_gzip_of_several_members_that_nobody_announced():
    text = "<p>" + "Story. " * 90 + "</p>"
    members = gzip.compress(text[:50].encode()) + gzip.compress(text[50:].encode())
    assert decode(members)[0] == text
    assert decode(gzip.compress(members))[0] == text
    assert decode(members + b"garbage")[0] == text
    assert decode(members[:-20])[0].startswith("<p>Story.")


def test_characters_in_two_halves():
    assert join_surrogates("&#xD83D;&#xDE00; &#55357;&#56832; &amp;#xD83D;&amp;#xDE00;") == "😀 😀 😀"
    assert join_surrogates("&#xDE00;&#xD83D;") == "&#xDE00;&#xD83D;"
    assert decode(b"<p>caf\xc3\xa9 \xed\xa0\xbd\xed\xb8\x80</p>")[0] == "<p>café 😀</p>"
