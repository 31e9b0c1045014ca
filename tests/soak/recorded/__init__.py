"""Recorded feeds and pages, served on loopback as the web would serve them.

    archives of ../shared/data ─ material ─▶ recordings ─ web ─▶ 127.0.0.x ─▶ the main job
                                                           └ listed ─▶ accounting ◀─ the ledger

The recordings are third-party text: they are read from beside the project, and nothing of them enters it.
"""
