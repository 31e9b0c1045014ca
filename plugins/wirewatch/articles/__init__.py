"""Articles: what a page says, as a pipe.

    entry ─ collecting (stage) ─▶ (web) page ─ pages, reading ─▶ extraction/ in a child process ─▶ storing ─▶ article

`revisiting` and `reextracting` are stages, too: pages visited again for edits, and archived pages read again.
`site_boilerplate` learns the lines that a site repeats. Only `extraction/`, `retries` and `filters` are pure.
"""
