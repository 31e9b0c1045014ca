"""Watches: saved filters whose new stories or events are told once.

    watches.yaml ─ sync ─┐
    "Watch this" ────────┴▶ news.watch ─ what matches and was not told ─▶ message (a row) ─▶ channel ─▶ confirmed

A message is written before it leaves, and sent until a channel took it, always under the same number. So nothing is
missed; and where a task was killed after sending and before noting it, the receiver knows the repetition by its number.
"""
