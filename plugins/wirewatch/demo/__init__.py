"""The demo: a simulated week of invented outlets through the whole pipeline, compared with the truth.

    sample_web (a process on loopback) ─▶ running (feeds due, DAGs triggered, round by round) ─▶ comparing ─▶ answers

`sample_web` is what the tests use as their web, too.
"""

from pathlib import Path

DEMO_QUERIES = Path(__file__).with_name("queries.sql")
"""The named queries of the demo; `rows.using(DEMO_QUERIES)` gives access to them."""
