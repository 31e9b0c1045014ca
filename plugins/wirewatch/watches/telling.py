"""The stages: bring watches.yaml into force, and tell what is new through the channels."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wirewatch.alarms.sending import Channel, NotSent
from wirewatch.settings import Settings
from wirewatch.warehouse import Transaction, Warehouse
from wirewatch.warehouse.connection import json_value
from wirewatch.watches.message import WatchItem, WatchMessage
from wirewatch.watches.watch_file import load_watches

if TYPE_CHECKING:
    from wirewatch.warehouse.rows import NextWatchMessageRow, WatchesInForceRow

log = logging.getLogger("wirewatch")

LOOK_BACK = timedelta(days=7)
"""An article that was listed longer ago than this when it is tagged is not told: it is no news."""


@dataclass(frozen=True, slots=True)
class WatchesReport:
    """What the file of watches holds."""

    watches: int = 0


@dataclass(frozen=True, slots=True)
class TellReport:
    """What a round of telling did."""

    watches: int = 0
    messages: int = 0
    """Messages that channels took."""
    items: int = 0
    """Stories, events and bursts in them."""


def sync_watch_file(warehouse: Warehouse, settings: Settings) -> WatchesReport:
    """Brings watches.yaml into force. Safe to repeat. Raises FileProblems with every mistake: then nothing changes."""
    watches = load_watches(settings.watches)
    with warehouse.transaction() as rows:
        now = rows.database_time()
        rows.save_file_watches(
            [
                (
                    watch.key, watch.name, watch.owner, json_value(watch.filters.given()), watch.per,
                    watch.digest_hour, list(watch.channels) if watch.channels is not None else None,
                    now if watch.paused else None,
                )
                for watch in watches
            ]
        )  # fmt: skip
        rows.retire_file_watches(keys=[watch.key for watch in watches])
    return WatchesReport(len(watches))


def tell_watches(warehouse: Warehouse, channels: Sequence[Channel], *, now: datetime | None = None) -> TellReport:
    """Tells the new stories, events and bursts of all watches. `now` is by default the database's time.

    Raises WarehouseError; NotSent, after every channel was tried, when one refused.
    """
    with warehouse.transaction() as rows:
        now = now or rows.database_time()
        watches = [watch for watch in rows.watches_in_force() if watch.paused_at is None]
    for watch in watches:
        for channel in channels:
            if watch.channels is None or channel.name in watch.channels:
                _write(warehouse, watch, channel.name, now)
    refused: list[str] = []
    messages = items = 0
    for channel in channels:
        after = 0
        while True:
            with warehouse.transaction() as rows:
                found = rows.next_watch_message(channel=channel.name, after=after)
                if found is None:
                    break
                after = found.message_id
                error, told = _send(rows, channel, found)
            if error is None:
                messages, items = messages + 1, items + told
            else:
                refused.append(error)
    if refused:
        raise NotSent("\n".join(refused) + "\nfix its connection; the next round tries again")
    return TellReport(len(watches), messages, items)


def _write(warehouse: Warehouse, watch: WatchesInForceRow, channel: str, now: datetime) -> None:
    """Writes the message about what is new; a digest once a day, from its hour on."""
    if watch.digest_hour is not None and now.hour < watch.digest_hour:
        return
    day = None if watch.digest_hour is None else now.date()
    with warehouse.transaction() as rows:
        if watch.per == "burst":
            rows.write_burst_message(watch_id=watch.watch_id, channel=channel, now=now, digest_day=day)
        else:
            rows.write_watch_message(
                watch_id=watch.watch_id, channel=channel, now=now, look_back=LOOK_BACK, digest_day=day
            )


def _send(rows: Transaction, channel: Channel, found: NextWatchMessageRow) -> tuple[str | None, int]:
    """Sends a message, which `rows` has locked, so that a killed task lets go of it; the error, and how many items."""
    items = [
        WatchItem(row.subject, row.title, row.outlet, row.url, row.reported_at, row.story_id, row.event_id)
        for row in rows.items_of_watch_message(message_id=found.message_id)
    ]
    message = WatchMessage(found.message_id, found.name, found.per, items)
    try:
        channel.send(message)
    except Exception as error:  # each library has its own kinds; what they mean is the same
        rows.refuse_watch_message(message_id=found.message_id, error=str(error))
        return f"{channel.name} did not take message {found.message_id} of watch {found.name!r}: {error}", 0
    rows.confirm_watch_message(message_id=found.message_id)
    log.info("%s: watch %s: told %d", channel.name, found.name, len(items))
    return None, len(items)
