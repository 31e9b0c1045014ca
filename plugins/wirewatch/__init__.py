"""Wirewatch: from feeds to stories, as a pipe.

    feeds.yaml ─ poll ─▶ entry ─ fetch ─▶ page ─ extract ─▶ article ─ compare ─▶ copy, story ─ tag ─▶ tag + evidence
                 feeds/          web/           articles/             copies/                 topics/

and the warehouse's views show it to analysts.

Each room holds pure parts (bytes and records in, records out, `now` as an argument) and one stage module, which claims
work in the warehouse, calls the pure parts and stores what they found.
"""

__version__ = "0.2.0"
