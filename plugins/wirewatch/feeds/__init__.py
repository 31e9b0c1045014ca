"""Feeds: what publishers list, as a pipe.

    feeds.yaml ─ registry ─▶ feed ─ (web) ─▶ bytes ─ reading, parser/ ─▶ entries ─ recording ─▶ warehouse
                              └ polling (stage)                            health, schedule ─▶ state, next poll

`parser/`, `health` and `schedule` are pure.
"""
