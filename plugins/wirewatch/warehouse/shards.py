"""What a shard of hosts is called: by the hosts that it holds now, so that a slow task says whom it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wirewatch.warehouse.connection import Warehouse

_NAMED = 3


def due_shard_name(warehouse: Warehouse, shard: int, shards: int) -> str:
    """A shard by the hosts whose feeds are due. Raises WarehouseError."""
    now = warehouse.now()
    with warehouse.transaction() as rows:
        return shard_name(shard, rows.due_hosts(shard=shard, shards=shards, now=now, n=_NAMED))


def waiting_shard_name(warehouse: Warehouse, shard: int, shards: int) -> str:
    """A shard by the hosts whose entries wait. Raises WarehouseError."""
    now = warehouse.now()
    with warehouse.transaction() as rows:
        return shard_name(shard, rows.waiting_hosts(shard=shard, shards=shards, now=now, n=_NAMED))


def shard_name(shard: int, found: Sequence[Any]) -> str:
    """`shard 2: a.example, b.example and 7 more`; `found` are the first hosts, each with how many there are."""
    if not found:
        return f"shard {shard}"
    more = found[0].hosts - len(found)
    return f"shard {shard}: {', '.join(row.host for row in found)}" + (f" and {more} more" if more else "")
