"""Serves the sample web until SIGTERM.

python -m wirewatch.demo.sample_web --port 18700 --feeds-file feeds.yaml
"""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from wirewatch.demo.sample_web import WEEK_END, SampleWeb
from wirewatch.demo.sample_web.server import CONTROL, moment


def main() -> None:
    """Prints one line with the control address when every outlet answers, then waits for SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m wirewatch.demo.sample_web", description=__doc__)
    parser.add_argument("--port", type=int, default=18700, help="port of every address; a busy one gets the next free")
    parser.add_argument("--feeds-file", type=Path, help="where to write the registry of the sample web's feeds")
    parser.add_argument("--now", type=moment, default=WEEK_END, help="simulated time, e.g. 2026-03-08T23:59:00Z")
    options = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with SampleWeb.running(options.port, options.now) as sample_web:
        if options.feeds_file:
            sample_web.write_feeds(options.feeds_file)
        print(f"http://{CONTROL}:{sample_web.port}/__control", flush=True)  # noqa: T201 - what the command says
        ended.wait()


if __name__ == "__main__":
    main()
