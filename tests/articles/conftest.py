"""Fixtures for the stage that collects."""

from __future__ import annotations

import pytest

from tests.articles.newsdesk import Newsdesk, Sites
from wirewatch.articles.collecting import CollectReport, collect_shard


@pytest.fixture
def sites():
    opened = Sites()
    yield opened
    opened.stop()


@pytest.fixture
def site(sites):
    return sites.open()


@pytest.fixture
def desk(cursor):
    return Newsdesk(cursor)


@pytest.fixture
def collect(warehouse, settings):
    def run(**changes) -> CollectReport:
        return collect_shard(warehouse, settings.model_copy(update=changes), 0, 1)

    return run
