"""Feeds: what publishers list, as a pipe.

    feeds.yaml ─ registry ─▶ feed ─ (web) ─▶ bytes ─ parsing ─▶ entries ─ health, schedule ─▶ state, next poll
                                               │      ├ charset    bytes → text that is XML
                                               │      ├ elements   raw dates, guids and links, whatever the dialect
                                               │      └ json_feed

All modules but polling (the stage) are pure: bytes, records and `now` in, records out.
"""
