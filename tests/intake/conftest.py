"""Sites on the loopback that answer beside the test, a registry to write to, and the command line."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

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


class Running:
    """A loop of its own in which sites answer."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._sites: list[Site] = []

    def site(self) -> Site:
        site = Site()
        self._do(site.__aenter__())
        self._sites.append(site)
        return site

    def close(self) -> None:
        for site in self._sites:
            self._do(site.__aexit__())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


@pytest.fixture
def site() -> Iterator[Site]:
    running = Running()
    yield running.site()
    running.close()


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
