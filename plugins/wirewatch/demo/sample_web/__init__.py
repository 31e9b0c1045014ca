"""The sample web: a small web of invented outlets on 127.0.0.x, for tests and the demo.

    outlets.yaml ─┐
    stories/*.yaml ─ stories ─▶ articles ─┬─ truth ─▶ what a perfect reader would find
                                          ├─ feeds ─▶ RSS, RDF, Atom, JSON Feed
                                          └─ pages ─▶ HTML, AMP, PDF
                                                └── site (pure) ─▶ faults ─▶ server (aiohttp, access log, control)

Twenty-two outlets publish over one simulated week, 2 to 8 March 2026. Everything in it was written for these tests;
reporters, officials, ships and the wire are invented, institutions are real. The simulated clock decides what has
been published; each truth is written beside its article, by the codebooks of topics and of copies.

The addresses 127.0.0.11 to 127.0.0.32 work on Linux without configuration; macOS needs an alias on lo0 for each.
"""

from wirewatch.demo.sample_web.server import SampleWeb
from wirewatch.demo.sample_web.stories import WEEK_END, WEEK_START

Newsroom = SampleWeb  # the old name, for one release

__all__ = ["WEEK_END", "WEEK_START", "Newsroom", "SampleWeb"]
