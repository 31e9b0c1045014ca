"""feeds.yaml: what is read, and every mistake with its line."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from wirewatch.errors import FileProblems
from wirewatch.feeds.registry import Feed, load_registry, parse_registry

ROOT = Path(__file__).resolve().parents[2]

GOOD = """\
outlets:
- key: harbour_post
  name: The Harbour Post
  homepage: https://harbour.example/
  country: TW
  language: zh-Hant
  kind: newspaper
  ownership: independent
  perspective: taiwan
  timezone: Asia/Taipei
  feeds:
  - name: All
    url: https://harbour.example/feed
  - name: English
    url: https://harbour.example/en/feed
    language: en
    enabled: false
    stale_after_days: 90
    trust_dates: false
"""


def problems(text: str | bytes) -> list[tuple[int, str, str]]:
    data = text if isinstance(text, bytes) else dedent(text).encode()
    with pytest.raises(FileProblems) as caught:
        parse_registry(data, file="feeds.yaml")
    assert all(problem.file == "feeds.yaml" and problem.fix for problem in caught.value.problems)
    return [(problem.line, problem.what, problem.fix) for problem in caught.value.problems]


def test_a_good_file_is_read_whole():
    registry = parse_registry(GOOD.encode(), file="feeds.yaml")
    (outlet,) = registry.outlets
    assert (outlet.key, outlet.country, outlet.language, outlet.timezone) == (
        "harbour_post",
        "TW",
        "zh-Hant",
        "Asia/Taipei",
    )
    assert outlet.feeds == (
        Feed("All", "https://harbour.example/feed"),
        Feed("English", "https://harbour.example/en/feed", False, "en", 90, False),
    )
    assert len(registry.digest) == 64
    assert parse_registry(GOOD.replace("90", "91").encode(), file="x").digest != registry.digest


def test_every_mistake_is_reported_at_once_with_its_line():
    found = problems(
        """\
        outlets:
        - key: Harbour Post
          name: 12
          homepage: htp://harbour.example
          country: TWN
          langauge: zh-Hant
          kind: paper
          ownership: independent
          perspective: tawian
          timezone: Asia/Taipeh
          feeds:
          - name: All
            url: harbour.example/feed
            enabled: perhaps
            stale_after_days: 0
        """
    )
    assert [line for line, _, _ in found] == [2, 2, 3, 4, 5, 6, 7, 9, 10, 13, 14, 15]
    text = "\n".join(f"{what} ({fix})" for _, what, fix in found)
    for expected in (
        "`key` in outlets[1]: not of the right form, found 'Harbour Post'",
        "`language` is missing in outlets[1]",
        "`name` in outlets[1]: should be text, found 12",
        "not an http or https URL, found 'htp://harbour.example'",
        "not a country code, found 'TWN'",
        "unknown key `langauge` in outlets[1] (did you mean `language`?)",
        "not one of the known words, found 'paper' (write newspaper, official,",
        "not one of the known words, found 'tawian'",
        "not a time zone, found 'Asia/Taipeh' (write an IANA name such as Asia/Shanghai)",
        "`url` in outlets[1].feeds[1]: not an http or https URL",
        "should be true or false, found 'perhaps'",
        "whole days of silence, 1 to 730",
    ):
        assert expected in text


def test_what_stands_twice_is_reported_where_it_stands_the_second_time():
    twice = GOOD + GOOD.split("\n", 1)[1].replace("https://harbour.example/feed", "http://HARBOUR.example:80/feed/")
    found = problems(twice)
    assert [line for line, _, _ in found] == [20, 31, 33]
    assert "the outlet key `harbour_post` is taken by outlets[1]" in found[0][1]
    assert "listed already, at outlets[1].feeds[1]" in found[1][1]
    repeated_key = problems(GOOD.replace("  country: TW\n", "  country: TW\n  country: CN\n"))
    assert repeated_key == [(6, "duplicate key `country`", "keep one of the two; the other is on line 5")]


@pytest.mark.parametrize(
    ("change", "line", "expected"),
    [
        (("zh-Hant\n  kind", "zh\n  kind"), 6, "zh-Hans and zh-Hant are kept apart"),
        (("zh-Hant\n  kind", "English\n  kind"), 6, "not a language tag"),
        (("zh-Hant\n  kind", "xx\n  kind"), 6, "not a language tag"),
        (("country: TW", "country: tw"), 5, "not a country code"),
        (("https://harbour.example/feed", "https://user:secret@harbour.example/"), 13, "credentials"),
        (("https://harbour.example/feed", "https://harbour.example/#top"), 13, "never sent to the server"),
        (("https://harbour.example/feed", "https://harbour/feed"), 13, "no full host name"),
        (("https://harbour.example/feed", "https://harbour.example:99999/"), 13, "not a URL"),
        (("https://harbour.example/feed", '"https://harbour.example/a b"'), 13, "no spaces"),
        (("ownership: independent", 'ownership: ""'), 8, "`ownership`"),
        (("ownership: independent", "ownership:"), 8, "`ownership`"),
        (("url: https://harbour.example/feed\n", "url:\n"), 13, "`url`"),
        (("outlets:", "outlet:"), 1, "unknown key `outlet`"),
    ],
)
def test_single_mistakes(change, line, expected):
    found = problems(GOOD.replace(*change))
    assert any(number == line and expected in what for number, what, _ in found), found


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("outlets: [a,\n b: c", 2, "not YAML"),
        ("outlets:\n\t- key: a", 2, "not YAML"),
        ("outlets:\n- key: *nothing", 2, "not YAML"),
        ("", 1, "the file is empty"),
        ("- key: a", 1, "should be a mapping"),
        ("outlets: none", 1, "should be a list"),
        ("outlets: []", 1, "too few"),
        ("outlets: [1]", 1, "outlets[1]: should be a mapping"),
        ("outlets: &a [*a]", 1, "`&a` is used again"),
        (b"outlets:\n- key: caf\xe9", 2, "not UTF-8"),
        ("outlets:\n- key: a\0b", 2, "not YAML"),
    ],
)
def test_files_that_are_hardly_yaml(text, line, expected):
    found = problems(text)
    assert any(number == line and expected in what for number, what, _ in found), found


def test_country_codes_that_look_like_words_are_words():
    assert parse_registry(GOOD.replace("TW", "NO").encode(), file="x").outlets[0].country == "NO"


def test_a_missing_file_is_one_clear_problem(tmp_path):
    with pytest.raises(FileProblems, match=r"no\.yaml:0: can't be read.*WIREWATCH_FEEDS"):
        load_registry(tmp_path / "no.yaml")


class TestShippedRegistry:
    registry = load_registry(ROOT / "dags" / "feeds.yaml")
    feeds = [feed for outlet in registry.outlets for feed in outlet.feeds]

    def test_it_is_valid_and_large_enough(self):
        assert len(self.registry.outlets) >= 90
        assert len(self.feeds) >= 105
        assert all(feed.enabled for feed in self.feeds)

    def test_no_feed_of_google_news_whose_robots_txt_forbids_it(self):
        assert not [feed.url for feed in self.feeds if "news.google." in feed.url]

    def test_no_feed_that_is_known_to_be_dead_or_frozen(self):
        dead = ("feeds.a.dj.com", "feeds.reuters.com", "rss.cnn.com", "voanews.com", "xinhuanet.com", "www3.nhk.or.jp")
        assert not [feed.url for feed in self.feeds if any(host in feed.url for host in dead)]

    def test_both_sides_and_the_neighbours_are_heard(self):
        assert {"us", "prc", "taiwan", "japan"} <= {outlet.perspective for outlet in self.registry.outlets}
        assert {"en", "zh-Hans", "zh-Hant", "ja"} <= {outlet.language for outlet in self.registry.outlets}
