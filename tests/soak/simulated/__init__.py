"""Weeks of the stack in an hour: every stage on its schedule, by a clock that is moved from one run to the next.

recorded items ─ rhythm ─▶ feeds, pages ─ recorded web ─▶ workers ◀─ schedule ◀─ clock
                                                             └ measure ─▶ a day's figures ─▶ report
"""
