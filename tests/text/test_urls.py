"""Addresses: what is stored and visited, and what says that two are the same page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.text.urls import MAX_URL, clean_url, host_key, url_key


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        ("https://Example.COM:443/a?utm_source=x&id=3&fbclid=1#top", "https://example.com/a?id=3"),
        ("http://example.com", "http://example.com/"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("//cdn.example.org/story", "https://cdn.example.org/story"),
        ("www.example.org/story", "https://www.example.org/story"),
        ("https://reader:secret@example.org/a", "https://example.org/a"),
        ("https://example.org/a?x=1&amp;y=2", "https://example.org/a?x=1&y=2"),
        ("https://example.org/long/\n   address", "https://example.org/long/address"),
        ("http:\\\\example.org\\a", "http://example.org/a"),
        ("https://bücher.example/größe?q=ü", "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?q=%C3%BC"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("https://example.org/news?at_medium=RSS&at_campaign=X&page=2", "https://example.org/news?page=2"),
        ("https://example.org/a?mod=rss_world&mod2=rss_world", "https://example.org/a?mod2=rss_world"),
        ("https://example.org/#!/story/7", "https://example.org/#!/story/7"),
        ("https://example.org/?feed=rss2", "https://example.org/?feed=rss2"),
    ],
)
def test_addresses_are_cleaned(url, cleaned):
    assert clean_url(url) == cleaned


@pytest.mark.parametrize("name", ["cid", "eid", "uid", "source", "keyword", "id", "article", "p", "page", "v"])
def test_parameters_that_may_choose_the_document_stay(name):
    assert clean_url(f"https://example.org/story?{name}=123") == f"https://example.org/story?{name}=123"


def test_relative_addresses_take_their_base():
    assert clean_url("../b/c?d=1", "https://example.org/a/x/") == "https://example.org/a/b/c?d=1"
    assert clean_url("//other.example/x", "http://example.org/a") == "http://other.example/x"
    assert clean_url("?p=2", "https://example.org/a") == "https://example.org/a?p=2"


def test_aggregators_that_carry_their_target_are_unwrapped():
    target = "https%3a%2f%2fnews.example%2fa%3fid%3d1%26utm_medium%3drss"
    assert (
        clean_url(f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&url={target}&c=5")
        == "https://news.example/a?id=1"
    )
    assert clean_url("https://www.google.com/url?q=https://news.example/b&sa=D") == "https://news.example/b"


@pytest.mark.parametrize(
    "url",
    [
        "https://news.google.com/rss/articles/CBMiabc?oc=5",
        "http://feedproxy.google.com/~r/Paper/~3/AbC123/",
        "https://example.org/redirect?url=https://elsewhere.example/",
    ],
)
def test_links_that_only_their_server_can_resolve_stay(url):
    assert clean_url(url) == url


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("ftp://example.org/a", "not http"),
        ("javascript:alert(1)", "not http"),
        ("mailto:desk@example.org", "not http"),
        ("/story", "without a base"),
        ("http://", "no host"),
        ("http:///story", "no host"),
        ("https://exa mple.org/", "impossible host"),
        ("https://-example.org/", "impossible host"),
        ("https://" + "a" * 64 + ".org/", "impossible host"),
        ("https://example.org:99999/", "unreadable"),
        ("https://example.org:0/", "port 0"),
        ("http://[::1/", "unreadable"),
        ("https://example.org/\x00", "control character"),
        ("https://example.org/\ud800", "control character"),
        ("https://example.org/" + "a" * MAX_URL, "more than"),
        ("https://example.org/" + "ы" * 500, "more than"),
        ("x" * 20_000, "more than"),
    ],
)
def test_bad_addresses_say_what_is_wrong(url, says):
    with pytest.raises(ValueError, match=says):
        clean_url(url)


@pytest.mark.parametrize(
    "other",
    [
        "http://example.org/2026/story?b=2&a=1",
        "https://www.example.org/2026/story/?a=1&b=2",
        "https://m.example.org/2026/story?a=1&b=2",
        "https://amp.example.org/2026/story?a=1&b=2",
        "https://example.org/amp/2026/story?a=1&b=2",
        "https://example.org/2026/story/amp/?a=1&b=2",
        "https://example.org/2026/story?a=1&b=2&amp=1",
        "https://EXAMPLE.org:443/2026/story/index.html?a=1&b=2&utm_campaign=x#comments",
        "https://example.org/2026/%73tory?a=1&b=2",
    ],
)
def test_editions_of_one_page_share_a_key(other):
    assert url_key(other) == url_key("https://example.org/2026/story?a=1&b=2") == "example.org/2026/story?a=1&b=2"


def test_a_name_that_looks_like_a_second_level_is_one_under_a_country_only():
    assert url_key("https://www.ac.org/a") == "ac.org/a"
    assert url_key("https://www.ac.uk/a") == "www.ac.uk/a"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/story-1", "https://example.org/story-2"),
        ("https://example.org/Story", "https://example.org/story"),
        ("https://example.org/?p=1", "https://example.org/?p=2"),
        ("https://en.example.org/a", "https://example.org/a"),
        ("https://example.org/a?page=1", "https://example.org/a?page=2"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://m.co.uk/a", "https://co.uk/a"),
        ("https://example.org:8080/a", "https://example.org/a"),
        ("https://example.org/#!/a", "https://example.org/#!/b"),
    ],
)
def test_different_pages_keep_different_keys(one, other):
    assert url_key(one) != url_key(other)


def test_the_host_is_the_unit_of_politeness():
    assert host_key("https://WWW.Example.org:443/a") == "www.example.org"
    assert host_key("http://127.0.0.2:8080/a") == "127.0.0.2:8080"


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_a_value_error(text):
    try:
        cleaned = clean_url(text, "https://example.org/a/")
    except ValueError:
        return
    assert cleaned.isascii()
    assert len(cleaned) <= MAX_URL
    assert clean_url(cleaned) == cleaned
    assert url_key(cleaned) == url_key(text if "://" in text else cleaned)


@given(
    st.from_regex(r"[a-z]{1,10}\.(?:org|co\.uk)", fullmatch=True),
    st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12), max_size=4),
)
def test_cleaning_and_keys_are_stable(host, parts):
    url = f"https://{host}/" + "/".join(part.replace("/", "") for part in parts)
    cleaned = clean_url(url)
    assert clean_url(cleaned) == cleaned
    assert url_key("http://www." + cleaned.removeprefix("https://")) == url_key(cleaned)
