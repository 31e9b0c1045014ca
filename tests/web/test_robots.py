"""robots.txt after RFC 9309."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.errors import FetchError
from wirewatch.records import FetchFailure
from wirewatch.web.robots import MAX_DELAY_S, Rules, means_no_rules, rules_text

URL = "https://example.com/news/a"


@pytest.mark.parametrize(
    ("text", "allowed", "delay_s"),
    [
        (None, True, 0),
        ("", True, 0),
        ("User-agent: *\nDisallow: /", False, 0),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Wirewatch\nDisallow: /private", True, 0),
        ("User-agent: wirewatch\nDisallow: /news\n\nUser-agent: *\nAllow: /", False, 0),
        ("User-agent: Googlebot\nDisallow: /", True, 0),
        ("User-agent: *\nDisallow: /news/\nAllow: /news/a$", True, 0),
        ("User-agent: *\nDisallow: /*/a", False, 0),
        ("User-agent: *\nCrawl-delay: 12", True, 12),
        ("User-agent: *\nRequest-rate: 1/30", True, 30),
        ("User-agent: *\nCrawl-delay: -5", True, 0),
        ("User-agent: *\nCrawl-delay: soon", True, 0),
        ("<!doctype html><html><body>Not found</body></html>", True, 0),
    ],
)
def test_rules(text, allowed, delay_s):
    rules = Rules(text)
    assert rules.allow(URL) is allowed
    assert rules.delay_s == delay_s


@given(st.binary(max_size=400))
def test_any_bytes_can_be_read_stored_and_asked(body):
    text = rules_text(body)
    text.encode()
    assert "\0" not in text
    assert isinstance(Rules(text).allow(URL), bool)
    assert Rules(text).delay_s >= 0


def test_a_byte_order_mark_hides_nothing():
    assert not Rules(rules_text(b"\xef\xbb\xbfUser-agent: *\nDisallow: /")).allow(URL)


@pytest.mark.parametrize(
    ("reason", "status", "none"),
    [
        (FetchFailure.GONE, 404, True),
        (FetchFailure.GONE, 410, True),
        (FetchFailure.PAYWALL, 401, True),
        (FetchFailure.BOT_WALL, 403, True),
        (FetchFailure.BOT_WALL, 200, True),
        (FetchFailure.REFUSED, 400, True),
        (FetchFailure.TOO_MANY_REDIRECTS, 302, True),
        (FetchFailure.BOT_WALL, 503, False),
        (FetchFailure.REFUSED, 429, False),
        (FetchFailure.REFUSED, 408, False),
        (FetchFailure.REFUSED, 500, False),
        (FetchFailure.TIMEOUT, None, False),
        (FetchFailure.UNREACHABLE, None, False),
        (FetchFailure.TLS, None, False),
        (FetchFailure.TOO_LARGE, 200, False),
        (FetchFailure.BLOCKED_ADDRESS, None, False),
    ],
)
def test_which_failures_say_that_there_are_no_rules(reason, status, none):
    assert means_no_rules(FetchError(reason, "what", retry=True, http_status=status)) is none


@pytest.mark.parametrize(
    ("line", "delay_s"),
    [
        ("Crawl-delay: 1e13", MAX_DELAY_S),
        ("Crawl-delay: 1e308", MAX_DELAY_S),
        ("Crawl-delay: 1e999", 0.0),
        ("Crawl-delay: nan", 0.0),
        ("Crawl-delay: -1", 0.0),
        ("Request-rate: 1/99999999999999999", MAX_DELAY_S),
        ("Request-rate: 1/" + "9" * 400, MAX_DELAY_S),
        ("Request-rate: 0/5", 0.0),
        ("Crawl-delay: 90", 90.0),
    ],
)
def test_a_pause_is_granted_up_to_an_hour(line, delay_s):
    assert Rules(f"User-agent: *\n{line}").delay_s == delay_s
