"""Changes to a feeds.yaml: what is written, and that all other bytes stay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conftest import ROOT
from wirewatch.errors import FileProblems
from wirewatch.feeds.registry import Feed, Outlet, parse_registry
from wirewatch.feeds.registry_edit import add, set_enabled

SMALL = b"""# Our outlets.
outlets:

- key: harbour
  name: "Harbour Post"   # as printed
  country: US
  language: en
  kind: newspaper
  ownership: private
  perspective: us
  feeds:
  - name: All   # the only one
    url: https://harbour.example/rss

# -- Others --
- {key: b, name: B, country: US, language: en, kind: wire, ownership: x, perspective: us, feeds: [{name: A, url: 'https://b.example/rss'}]}
"""
OUTLET = Outlet(
    key="nordlys",
    name="Nordlys: avis",
    homepage="https://nordlys.example/",
    country="NO",
    language="no",
    kind="newspaper",
    ownership="private, listed",
    perspective="europe",
    timezone=None,
    feeds=(Feed("Alle", "https://nordlys.example/rss"), Feed("English", "https://nordlys.example/en", language="en")),
)  # fmt: skip


def added_lines(before: bytes, after: bytes) -> list[str]:
    """The lines that `after` has more than `before`; all others must be the same, in their order."""
    old, new, more = before.decode().splitlines(), after.decode().splitlines(), []
    for line in new:
        if old and old[0] == line:
            old.pop(0)
        else:
            more.append(line)
    assert old == []
    return more


@pytest.mark.parametrize("ending", [b"", b"\n", b"\n\n# end\n"])
def test_an_outlet_is_added_at_the_end(ending):
    before = SMALL.rstrip().rsplit(b"\n# --", 1)[0].rstrip() + ending
    after = add(before, outlets=[OUTLET], file="feeds.yaml")
    assert parse_registry(after, file="feeds.yaml").outlets[-1] == OUTLET
    assert "- key: nordlys" in added_lines(before, after)


def test_a_feed_is_added_before_the_comment_above_the_next_outlet():
    after = add(SMALL, feeds=[("harbour", Feed("World", "https://harbour.example/world", trust_dates=False))], file="f")
    lines = added_lines(SMALL, after)
    assert lines == ["  - name: World", "    url: https://harbour.example/world", "    trust_dates: false"]
    assert after.index(b"World") < after.index(b"# -- Others")


def test_a_feed_is_switched_off_and_on():
    off = set_enabled(SMALL, ["http://harbour.example/rss/"], False, file="f")
    assert added_lines(SMALL, off) == ["    enabled: false"]
    assert set_enabled(off, ["https://harbour.example/rss"], False, file="f") == off
    on = set_enabled(off, ["https://harbour.example/rss"], True, file="f")
    assert parse_registry(on, file="f").outlets[0].feeds[0].enabled
    assert set_enabled(SMALL, ["https://harbour.example/rss"], True, file="f") == SMALL


def test_line_breaks_and_a_byte_order_mark_stay():
    before = b"\xef\xbb\xbf" + SMALL.replace(b"\n", b"\r\n")
    after = set_enabled(before, ["https://harbour.example/rss"], False, file="f")
    assert after.startswith(b"\xef\xbb\xbf")
    assert after.count(b"\n") == after.count(b"\r\n") == before.count(b"\n") + 1


@pytest.mark.parametrize(
    "edit",
    [
        lambda: add(SMALL, feeds=[("nobody", Feed("A", "https://a.example/"))], file="f"),
        lambda: add(SMALL, feeds=[("b", Feed("A", "https://a.example/"))], file="f"),
        lambda: add(SMALL, feeds=[("harbour", Feed("A", "https://harbour.example/rss"))], file="f"),
        lambda: set_enabled(SMALL, ["https://nobody.example/"], False, file="f"),
        lambda: set_enabled(SMALL, ["https://b.example/rss"], False, file="f"),
        lambda: add(b"outlets: []", outlets=[OUTLET], file="f"),
    ],
)
def test_what_can_not_be_written_is_said(edit):
    with pytest.raises(FileProblems):
        edit()


def test_the_shipped_registry_can_be_edited():
    before = (ROOT / "dags" / "feeds.yaml").read_bytes()
    registry = parse_registry(before, file="f")
    chosen = [0, 40, len(registry.outlets) - 1]
    new = [(registry.outlets[n].key, Feed("New", f"https://new-{n}.example/rss")) for n in chosen]
    after = set_enabled(before, [registry.outlets[n].feeds[0].url for n in chosen], False, file="f")
    after = add(
        after,
        feeds=new,
        outlets=[OUTLET, replace(OUTLET, key="two", feeds=(Feed("A", "https://two.example/"),))],
        file="f",
    )
    read = parse_registry(after, file="f")
    edited = [n for n, outlet in enumerate(read.outlets) if outlet.feeds[-1].name == "New"]
    assert edited == chosen
    assert [outlet.key for outlet in read.outlets[-2:]] == ["nordlys", "two"]
    assert not any(read.outlets[n].feeds[0].enabled for n in chosen)
    assert len(added_lines(before, after)) == 3 * len(chosen) + 15 + 12
