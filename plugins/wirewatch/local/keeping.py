"""The working half of the watch: looks, starts again what does not work, and tells people by itself.

look ─▶ problems ─▶ weigh ─▶ repair ─▶ tell ─▶ say to a dead-man's switch that all works
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from wirewatch.alarms.digest import Alarm, Digest
from wirewatch.alarms.outside import channels
from wirewatch.alarms.sending import Channel
from wirewatch.errors import ConfigurationError, WirewatchError
from wirewatch.local import stack
from wirewatch.local.files import write_secret
from wirewatch.local.health import Problem, problems
from wirewatch.local.looking import look
from wirewatch.local.memory import Memory, Notice, Repair
from wirewatch.local.processes import MARK
from wirewatch.local.supervisor import SUPERVISORD, send
from wirewatch.local.watching import beat, end_hung
from wirewatch.settings import Settings

log = logging.getLogger("wirewatch")

STATE = "watch.json"
"""In the folder run/ of the home: what the watch saw last, and what it did."""
_EVERY_S = 10
_SWITCH_EVERY_S = 60
_EVENTS = 50
_UNSENT = 200


def keep(run: Path, name: str, *, hung: str | None = None, ended: str | None = None) -> None:
    """Looks after the stack of this home until it is ended.

    `hung` is the other watch when it was killed for that, `ended` when it had the lock and ended.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    settings = Settings.load()
    try:
        ways = channels(os.environ)
    except ConfigurationError as error:
        log.error("%s; alarms about the stack go to its log only", error)
        ways = []
    keeper = Keeper(settings, run, ways, name)
    log.info("watching; tells through %s", ", ".join(way.name for way in ways) or "this log only")
    if ended:
        keeper.note([Notice(ended, "ended without being asked to; the other watch goes on", datetime.now(UTC))])
    while True:
        begun = time.monotonic()
        beat(run, name)
        hung = hung or end_hung(run, name)
        if hung:
            keeper.note([Notice(hung, "hangs; it is started again", datetime.now(UTC))])
            hung = None
        try:
            keeper.round()
        except (WirewatchError, OSError) as error:
            log.error("this look failed: %s", error)
        time.sleep(max(_EVERY_S - (time.monotonic() - begun), 1))


@dataclass(slots=True)
class Keeper:
    """One stack, and what is known of it."""

    settings: Settings
    run: Path
    ways: Sequence[Channel]
    name: str = "watch-1"
    memory: Memory = field(default_factory=Memory)
    unsent: dict[str, deque[Notice]] = field(default_factory=dict)
    events: deque[Notice] = field(default_factory=lambda: deque(maxlen=_EVENTS))
    switched_at: float = 0

    def round(self) -> None:
        """One look, and what follows from it. Raises WirewatchError, OSError."""
        found_stack = stack.find(self.settings)
        seen = look(found_stack)
        beat(self.run, self.name)
        found = problems(seen)
        decision = self.memory.weigh(found, seen)
        for repair in decision.repairs:
            self._repair(found_stack, repair)
        self.note(decision.notices, found_stack.ui_address)
        self._write(seen.at, found)
        if not found:
            self._switch()

    def note(self, notices: Sequence[Notice], ui: str = "") -> None:
        """Keeps notices, and tells them through every channel; what a channel refuses waits for the next round."""
        for notice in notices:
            log.info("%s", notice.sentence)
            self.events.append(notice)
        for way in self.ways:
            waiting = self.unsent.setdefault(way.name, deque(maxlen=_UNSENT))
            waiting.extend(notices)
            if not waiting:
                continue
            beat(self.run, self.name)
            try:
                way.send(digest(waiting, self.run.parent, ui))
            except Exception as error:  # each library has its own kinds; what they mean is the same
                log.error("%s did not take a message: %s", way.name, error)
                continue
            waiting.clear()

    def _repair(self, found: stack.Stack, repair: Repair) -> None:
        problem = repair.problem
        log.info("%s%s", problem.sentence, repair.words)
        try:
            if repair.gently and problem.stopped:
                for pid in problem.stopped:
                    send(pid, signal.SIGCONT)
            elif problem.part == SUPERVISORD:
                self._up()
            elif repair.gently:
                found.supervisor.start_part(problem.part)
            else:
                stack.repair(found, problem)
        except WirewatchError as error:
            log.error("%s could not be started again: %s", problem.part, error)

    def _up(self) -> None:
        """`wirewatch up` in a process of its own: it ends this one among what the dead supervisord left."""
        environment = {name: value for name, value in os.environ.items() if name != MARK}
        with (self.run.parent / "logs" / "watch-up.log").open("ab") as out:
            subprocess.Popen(
                [sys.executable, "-m", "wirewatch.cli", "up"],
                env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    def _write(self, at: datetime, found: Sequence[Problem]) -> None:
        state = {
            "at": at.isoformat(),
            "problems": [problem.sentence for problem in found],
            "events": [{**asdict(event), "at": event.at.isoformat()} for event in self.events],
        }
        write_secret(self.run / STATE, json.dumps(state))

    def _switch(self) -> None:
        """Tells a dead-man's switch that all works; it tells people when this stays away."""
        url = self.settings.heartbeat_url
        if not url or time.monotonic() - self.switched_at < _SWITCH_EVERY_S:
            return
        self.switched_at = time.monotonic()
        try:
            # http or https, by the settings.
            with urllib.request.urlopen(url, timeout=10):  # noqa: S310 # nosec B310
                return
        except OSError as error:
            log.error("WIREWATCH_HEARTBEAT_URL did not answer: %s", error)


def digest(notices: Sequence[Notice], home: Path, ui: str) -> Digest:
    """Notices as a message of the same form as alarms."""
    return Digest(
        tuple(
            Alarm(
                alarm_id=0,
                check_name="watch",
                subject=notice.part,
                severity="warning" if notice.solved else "critical",
                meaning="Every part of the stack works.",
                finding=notice.sentence,
                fix=_fix(notice, home, ui),
                opened_at=notice.at,
                last_seen_at=notice.at,
            )
            for notice in notices
        )
    )


def _fix(notice: Notice, home: Path, ui: str) -> str:
    if notice.solved:
        return "Nothing to do."
    return (
        "The watch starts it again by itself; nothing is lost. If it stays: `wirewatch status`, then "
        f"`wirewatch doctor`; its log is under {home / 'logs'}; Airflow: {ui or 'see `wirewatch status`'}"
    )
