"""A shard is called by the hosts that it holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.alarms.desk import Desk
from wirewatch.warehouse.shards import due_shard_name, waiting_shard_name


def test_a_shard_names_the_hosts_that_wait_in_it(warehouse, cursor):
    desk = Desk(cursor, datetime.now(UTC))
    assert due_shard_name(warehouse, 0, 1) == waiting_shard_name(warehouse, 0, 1) == "shard 0"
    for host, entries in (("b.test", 3), ("a.test", 1), ("c.test", 1), ("d.test", 1)):
        feed = desk.feed(host, next_poll_at=desk.now - timedelta(minutes=1))
        for _ in range(entries):
            desk.entry(feed, desk.ago(hours=1), host=host)
    assert due_shard_name(warehouse, 0, 1) == "shard 0: a.test, b.test, c.test and 1 more"
    assert waiting_shard_name(warehouse, 0, 1) == "shard 0: b.test, a.test, c.test and 1 more"
