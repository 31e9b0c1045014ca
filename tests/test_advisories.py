"""No locked or installed package is one of which an advisory warns, as far as our own list reaches."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.version import Version

from tests.conftest import ROOT

LISTED = [
    line.split("\t")
    for line in Path(__file__).with_name("advisories.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
LOCKS = sorted(ROOT.glob("requirements*.txt"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_a_package_with_an_advisory(lock):
    locked = dict(re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))
    assert len(locked) >= 2
    bad = [
        f"{name} {locked[name]}: {advisory}, use {fixed} or newer"
        for name, fixed, advisory, _ in LISTED
        if name in locked and Version(locked[name]) < Version(fixed)
    ]
    assert bad == []


def test_nothing_is_installed_of_which_an_advisory_warns():
    installed = {each.name.lower(): each.version for each in metadata.distributions()}
    bad = [
        f"{name} {installed[name]}: {advisory}, use {fixed} or newer"
        for name, fixed, advisory, _ in LISTED
        if name in installed and Version(installed[name]) < Version(fixed)
    ]
    assert bad == []
