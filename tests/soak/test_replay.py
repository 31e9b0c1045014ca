"""A small part of two recordings through the main job: every item that a feed listed is one entry, none is lost.

`python -m tests.soak.replay --quick` does the same with all four.
"""

from __future__ import annotations

import pytest

from tests.soak.recorded.job import play
from tests.soak.recorded.report import report
from tests.soak.replay import QUICK


@pytest.mark.parametrize("name", ["polls", "publishers"])
def test_nothing_is_lost(name, shared, database, tmp_path):
    lines = []
    outcome = play(QUICK[name](), database, tmp_path, lines.append)
    account = outcome.account
    assert (account.unaccounted, account.twice, account.never_listed) == ((), (), ())
    assert account.listed == sum(outcome.states.values()) > 0
    assert outcome.refused == 0
    assert outcome.counts.articles > 0
    assert lines
    page = report([outcome])
    assert "| **entries unaccounted for** | 0 |" in page
    assert f"| **entries** | {account.listed} |" in page
