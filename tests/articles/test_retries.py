"""The schedule of retries, and the reason that the ledger counts in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wirewatch.articles.retries import MOST_TRIES, drop_reason, next_try
from wirewatch.errors import FetchError
from wirewatch.records import DropReason, FetchFailure

NOW = datetime(2026, 6, 3, tzinfo=UTC)


def failure(reason: FetchFailure, *, retry: bool = True, retry_after_s: float | None = None) -> FetchError:
    return FetchError(reason, "what", retry=retry, retry_after_s=retry_after_s)


def test_a_trouble_of_the_moment_is_tried_again_for_ten_hours():
    moment, tries = NOW, 1
    while (again := next_try(failure(FetchFailure.TIMEOUT), tries, moment)) is not None:
        assert again > moment
        moment, tries = again, tries + 1
    assert moment - NOW == timedelta(hours=10)
    assert tries == MOST_TRIES


@pytest.mark.parametrize(("reason", "tries"), [(FetchFailure.GONE, 3), (FetchFailure.BOT_WALL, 3)])
def test_what_the_site_says_of_the_page_is_believed_sooner(reason, tries):
    assert next_try(failure(reason), tries - 1, NOW) is not None
    assert next_try(failure(reason), tries, NOW) is None


@pytest.mark.parametrize("reason", FetchFailure)
def test_a_final_answer_is_final(reason):
    assert next_try(failure(reason, retry=False), 1, NOW) is None


def test_the_servers_wish_counts_when_it_is_longer():
    assert next_try(failure(FetchFailure.REFUSED, retry_after_s=7200), 1, NOW) == NOW + timedelta(hours=2)
    assert next_try(failure(FetchFailure.REFUSED, retry_after_s=1), 1, NOW) == NOW + timedelta(minutes=5)


@pytest.mark.parametrize("reason", FetchFailure)
def test_every_failure_has_a_place_in_the_ledger(reason):
    expected = DropReason(reason.value) if reason.value in list(DropReason) else DropReason.RETRIES_EXHAUSTED
    assert drop_reason(failure(reason)) is expected
