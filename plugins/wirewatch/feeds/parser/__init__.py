"""Bytes of a feed into entries (pure), as a pipe.

    bytes ─ charset ─▶ text that is XML ─ xml_feed, elements | json_feed ─▶ raw items ─ items, parsing ─▶ ParsedFeed

`child` runs it in a process of its own, for hostile documents.
"""
