"""Feeds take turns, and within a feed its hosts do."""

from __future__ import annotations

from wirewatch.articles.fairness import FairQueue, Waiting


def queue(waiting: dict[int, list[str]], per_feed: int = 2) -> FairQueue:
    filled = FairQueue(per_feed)
    filled.refill(Waiting(feed, host) for feed, hosts in waiting.items() for host in hosts)
    return filled


def test_feeds_take_turns():
    fair = queue({1: ["a", "b", "c"], 2: ["d"], 3: ["e"]}, per_feed=9)
    assert [fair.next() for _ in range(6)] == [
        Waiting(1, "a"),
        Waiting(2, "d"),
        Waiting(3, "e"),
        Waiting(1, "b"),
        Waiting(1, "c"),
        None,
    ]


def test_a_feed_gets_so_many_visits_at_a_time():
    fair = queue({1: [f"slow{n}" for n in range(640)]})
    assert [fair.next() for _ in range(3)] == [Waiting(1, "slow0"), Waiting(1, "slow1"), None]
    fair.end("slow0")
    assert fair.next() == Waiting(1, "slow10")


def test_a_host_is_visited_once_at_a_time_whichever_feed_lists_it():
    fair = queue({1: ["a"], 2: ["a"]})
    assert fair.next() == Waiting(1, "a")
    assert fair.next() is None
    assert not fair.others_wait()
    assert fair.feeds_at("a") == [2]
    fair.end("a")
    assert fair.next() == Waiting(2, "a")


def test_a_host_that_had_its_turn_comes_last():
    fair = queue({1: ["a", "b"]}, per_feed=1)
    assert fair.next() == Waiting(1, "a")
    fair.end("a")
    fair.refill([Waiting(1, "a"), Waiting(1, "b")])
    assert fair.next() == Waiting(1, "b")
