"""Articles: what a page says, as a pipe.

    url ─ urls ─▶ address ─ (web) ─▶ page ─ reading ─▶ extraction ─▶ article
                                              │            ├ metadata   title, authors, section, addresses, language
                                              │            ├ dates      every candidate, judged
                                       a child process     └ furniture  lines that are not the story
                                       with limits

All modules but reading (processes) and collecting (the stage) are pure: bytes and records in, records out.
"""
