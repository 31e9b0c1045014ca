"""The query of the README gives what the README prints."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.timeout(900)  # the first test that asks for the week waits until it is played

_PART = (ROOT / "README.md").read_text(encoding="utf-8").split("## One query")[1].split("## What it does")[0]


def test_the_query_gives_what_is_printed(week):
    query, table = re.search(r"( {4}select .*?;)\n(.*?)\n\n\w", _PART, re.DOTALL).groups()
    week.execute(query)
    printed = [[cell.strip() for cell in line.split("|")] for line in table.splitlines() if re.search(r"\| +\d", line)]
    assert printed == [[str(value) for value in row] for row in week.fetchall()]
