"""One worker of the campaign: runs its stages over and over, as Airflow's tasks would be run again.

    python -m tests.soak.chaos.worker poll|collect|label

It takes its settings from the environment, the warehouse from WIREWATCH_CAMPAIGN_DSN and the length of its leases from
WIREWATCH_CAMPAIGN_LEASE_S. An error that a stage raises on purpose is one line of its log, and the stage is run again;
any other ends the worker, which the campaign counts.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from wirewatch.articles import collecting
from wirewatch.copies.linking import link_copies
from wirewatch.errors import WirewatchError
from wirewatch.feeds import polling
from wirewatch.ledger import close_entries
from wirewatch.settings import Settings
from wirewatch.topics.labelling import tag_topics
from wirewatch.topics.lexicons import lexicons
from wirewatch.warehouse import Warehouse
from wirewatch.web import politeness

_PAUSE_S = 0.3


def _poll(warehouse: Warehouse, settings: Settings) -> None:
    for shard in polling.due_shards(warehouse, settings.shards):
        polling.poll_shard(warehouse, settings, shard, settings.shards)


def _collect(warehouse: Warehouse, settings: Settings) -> None:
    shards = collecting.waiting_shards(warehouse, settings.shards)
    # Each worker in its own order, so that two are seldom after the same hosts.
    for shard in random.sample(shards, len(shards)):
        collecting.collect_shard(warehouse, settings, shard, settings.shards)


def _label(warehouse: Warehouse, settings: Settings) -> None:
    link_copies(warehouse, settings, lambda: lexicons(warehouse, settings))
    tag_topics(warehouse, settings)
    close_entries(warehouse)


ROLES: dict[str, Callable[[Warehouse, Settings], None]] = {"poll": _poll, "collect": _collect, "label": _label}


def main() -> None:
    """Works until it is killed."""
    work = ROLES[sys.argv[1]]
    lease_s = float(os.environ["WIREWATCH_CAMPAIGN_LEASE_S"])
    # Hundreds of deaths must fit into one run: with the real leases each would hold up its hosts for minutes.
    collecting._LEASE = polling._LEASE = timedelta(seconds=lease_s)
    politeness.LEASE_S = lease_s
    settings = Settings.load()
    with Warehouse(os.environ["WIREWATCH_CAMPAIGN_DSN"], application=f"campaign {sys.argv[1]}") as warehouse:
        while True:
            try:
                work(warehouse, settings)
            except WirewatchError as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            time.sleep(_PAUSE_S)


if __name__ == "__main__":
    main()
