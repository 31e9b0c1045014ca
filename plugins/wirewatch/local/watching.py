"""The watch: two processes under supervisord. One looks after the stack, the other after that one.

Each keeps a file young (`run/watch-1.beat`). The one that holds the lock does the work; the other waits for the lock,
and kills the first when its file grows old. This module imports little, so that waiting costs little memory.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

from filelock import FileLock, Timeout

_NAMES = ("watch-1", "watch-2")
_HANGS_AFTER_S = 45
"""A look may take thirty seconds: every part may be slow to answer."""
_STOPPED_AFTER_S = 8
"""A process that is stopped says nothing until somebody continues it."""
_EVERY_S = 5


def main(name: str) -> None:
    """Watches until it is ended."""
    run = Path(os.environ["WIREWATCH_HOME"]) / "run"
    lock = FileLock(run / "watch.lock")
    other = next(other for other in _NAMES if other != name)
    ended, hung = None, None
    while True:
        beat(run, name)
        try:
            lock.acquire(timeout=0)
            break
        except Timeout:
            ended = other  # it has the lock until it ends
            hung = end_hung(run, name)
            time.sleep(1 if hung else _EVERY_S)
    from wirewatch.local.keeping import keep

    keep(run, name, hung=hung, ended=None if hung else ended)


def beat(run: Path, name: str) -> None:
    """Says that this process lives."""
    (run / f"{name}.beat").touch()


def end_hung(run: Path, name: str) -> str | None:
    """Kills the other of the two when it has said nothing for long, or is stopped; supervisord starts it again.

    Gives its name then.
    """
    other = next(other for other in _NAMES if other != name)
    try:
        silent_s = time.time() - (run / f"{other}.beat").stat().st_mtime
        known = json.loads((run / f"{other}.json").read_text())
        process = Path(f"/proc/{known['pid']}")
        if f"{other}\0".encode() not in (process / "cmdline").read_bytes():
            return None  # the number is another process's now
        limit_s = _STOPPED_AFTER_S if "\nState:\tT" in (process / "status").read_text() else _HANGS_AFTER_S
        if silent_s < limit_s or time.time() - known["created"] < limit_s:
            return None
        os.kill(known["pid"], signal.SIGKILL)
    except (OSError, ValueError, KeyError):
        return None
    return other


if __name__ == "__main__":
    main(sys.argv[1])
