"""The file of watches: what it says, and every mistake with its line."""

from __future__ import annotations

import pytest

from wirewatch.errors import FileProblems
from wirewatch.settings import ROOT
from wirewatch.watches.watch_file import Filters, load_watches, parse_watches

FILE = """\
watches:
- key: balloons
  owner: desk
  query: '"spy balloon" or 间谍气球'
  relevance: core
  per: event
  digest_hour: 6
  channels: [webhook]
- key: talks
  owner: desk
  name: Talks in state media
  event: talks
  press: state
  paused: true
"""


def test_a_file_is_read():
    balloons, talks = parse_watches(FILE.encode(), file="w.yaml")
    assert balloons.filters == Filters(query='"spy balloon" or 间谍气球', relevance="core")
    assert (balloons.name, balloons.per, balloons.digest_hour, balloons.channels) == (
        "Balloons", "event", 6, ("webhook",),
    )  # fmt: skip
    assert (talks.name, talks.per, talks.digest_hour, talks.channels, talks.paused) == (
        "Talks in state media", "story", None, None, True,
    )  # fmt: skip
    assert talks.filters.in_words() == "talks, state press"


def test_the_shipped_file_is_valid_and_a_missing_one_has_no_watches(tmp_path):
    assert load_watches(ROOT / "dags" / "watches.yaml") == ()
    assert load_watches(tmp_path / "none.yaml") == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("key: talks", "key: balloons", "w.yaml:9: the key `balloons` occurs twice"),
        ("  event: talks\n  press: state\n", "", "w.yaml:9: the watch has no filter"),
        ("per: event", "per: day", "story, event or burst"),
        ("digest_hour: 6", "digest_hour: 24", "an hour of the day in UTC"),
        ("[webhook]", "[pigeon]", "a list of smtp, slack and webhook"),
        ("owner: desk\n  query", "query", "whose watch it is"),
        ("paused: true", "pause: true", "pause"),
    ],
)
def test_a_mistake_is_said_with_its_line(old, new, said):
    with pytest.raises(FileProblems) as raised:
        parse_watches(FILE.replace(old, new).encode(), file="w.yaml")
    assert said in str(raised.value)
