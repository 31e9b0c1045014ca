"""Faults of Wirewatch itself, for `python -m tests.soak campaign`: what dies, is cut off, fills up or jumps, and how.

workers ── gate ──▶ Postgres ── disk (small, can be filled)
   │                   └── clock (can jump)
   └──────▶ the recorded web (can fail)
"""
