"""Sites on the loopback that answer beside the test, a registry to write to, and the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.articles.newsdesk import Sites
from tests.web.site import Site
from wirewatch.cli import app

REGISTRY = """# Our outlets; edited by hand.
outlets:

- key: harbour   # the first one
  name: Harbour Post
  homepage: https://harbour.example/
  country: US
  language: en
  kind: newspaper
  ownership: private
  perspective: us
  feeds:
  - name: All
    url: https://harbour.example/rss
"""


@pytest.fixture
def site() -> Iterator[Site]:
    sites = Sites()
    opened = sites.open()
    del opened.pages["/robots.txt"]
    yield opened
    sites.stop()


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A feeds.yaml that the command line finds."""
    file = tmp_path / "feeds.yaml"
    file.write_text(REGISTRY)
    monkeypatch.setenv("WIREWATCH_FEEDS", str(file))
    monkeypatch.setenv("WIREWATCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WIREWATCH_ALLOW_ADDRESSES", "127.0.0.0/8")
    monkeypatch.setenv("WIREWATCH_HOST_DELAY_S", "0")
    return file


@pytest.fixture
def run(registry: Path) -> Callable[..., Result]:
    """`wirewatch` with these arguments; no terminal."""
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])
