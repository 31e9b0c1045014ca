"""The stage that tells people: one digest for each channel and round, each alarm at most once a day.

    open alarm ─ claim (a row, committed) ─▶ digest ─▶ channel ─▶ confirm

The row is written before the message leaves. A sender that is killed in between has told or not told, nobody knows:
the row then keeps the message from going out twice that day, and the alarm comes again the next day. So *never twice*
is certain against a kill, and *never at all that day* can happen. When a channel answers with an error, the claim is
given back and the next round tries again; only where a server took the message and its answer was lost on the way
does that make two.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from wirewatch.alarms.digest import Alarm, Digest, Message
from wirewatch.errors import WirewatchError
from wirewatch.warehouse import Warehouse

log = logging.getLogger("wirewatch")

CRITICAL_EVERY_DAYS = 1
WARNING_EVERY_DAYS = 7
"""An alarm that stays open is told again after so many days."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to tell people. `send` raises whatever its library raises when the message was not taken."""

    name: str
    send: Callable[[Message], None]


class NotSent(WirewatchError):
    """Channels that did not take a message; the next round tries again."""


@dataclass(frozen=True, slots=True)
class SendReport:
    """What a round of sending did."""

    channels: int = 0
    messages: int = 0
    alarms: int = 0
    """Alarms told, summed over channels."""


@dataclass(frozen=True, slots=True)
class Round:
    """The run of a DAG that tells alarms, so that messages can link to it."""

    ui: str
    """Address of the Airflow UI."""
    dag_id: str
    run_id: str

    def link(self, dag_id: str, run_id: str | None) -> str:
        """Address of that run in the UI; of this one where that run is not known."""
        dag, run = (dag_id, run_id) if run_id else (self.dag_id, self.run_id)
        return f"{self.ui.rstrip('/')}/dags/{quote(dag, safe='')}/runs/{quote(run, safe='')}"


def send_alarms(
    warehouse: Warehouse, channels: Sequence[Channel], *, now: datetime | None = None, told_by: Round | None = None
) -> SendReport:
    """Tell the open alarms that are due through each channel. `now` is by default the database's time.

    Raises WarehouseError; NotSent, after every channel was tried, when one refused.
    """
    refused = []
    told = []
    for channel in channels:
        claimed = _claim(warehouse, channel, now, told_by)
        if claimed is None:
            continue
        moment, digest = claimed
        ids = [alarm.alarm_id for alarm in digest.alarms]
        try:
            channel.send(digest)
        except Exception as error:  # each library has its own kinds; what they mean is the same
            with warehouse.transaction() as rows:
                rows.release_alarm_messages(channel=channel.name, alarm_ids=ids, now=moment)
            refused.append(f"{channel.name} did not take the message about {len(ids)} alarms: {error}")
            continue
        with warehouse.transaction() as rows:
            rows.confirm_alarm_messages(channel=channel.name, alarm_ids=ids, now=moment)
        log.info("%s: told %d alarms: %s", channel.name, len(ids), digest.subject)
        told.append(len(ids))
    if refused:
        raise NotSent("\n".join(refused) + "\nmend its connection; the next round tries again")
    return SendReport(channels=len(channels), messages=len(told), alarms=sum(told))


def _claim(
    warehouse: Warehouse, channel: Channel, now: datetime | None, told_by: Round | None
) -> tuple[datetime, Digest] | None:
    with warehouse.transaction() as rows:
        moment = now or rows.database_time()
        claimed = rows.claim_alarm_messages(
            channel=channel.name, now=moment, critical_every=CRITICAL_EVERY_DAYS, warning_every=WARNING_EVERY_DAYS
        )
    if not claimed:
        return None
    alarms = [Alarm(*row[:-1], told_by.link(row.subject, row.run_id) if told_by else "") for row in claimed]
    return moment, Digest(tuple(alarms))
