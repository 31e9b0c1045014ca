"""Bytes of a feed into entries (pure), as a pipe.

    bytes ─ text.encoding ─▶ text ─ tidying ─▶ XML ─ xml_feed, elements ─▶ raw items ─ parsing ─▶ ParsedFeed
                                             ├ sitemap ─ news_sitemap ─▶ raw items ┤
                                             └ JSON ─ json_feed ─▶ raw items ──────┘

`child` runs it in a process of its own, for hostile documents.
"""
