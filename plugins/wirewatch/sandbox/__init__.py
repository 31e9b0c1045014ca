"""Child processes for parsers that can't be trusted with hostile input.

    question ─ pool (a thread per child) ─▶ frames over pipes ─▶ child (limits of time and memory) ─▶ answer

A room that parses what others wrote has a module `child` of its own, a few lines that hand a function to `serve`.
"""
