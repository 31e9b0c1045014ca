"""What happened, above the stories: independent reports of one happening, and the storyline that it belongs to.

    story ─ reading ─▶ terms, format ─ kernels ─▶ nearly the same words ─ grouping ─▶ event ─▶ storyline

`headlines`, `reading`, `kernels` and `grouping` are pure; `assigning` is the stage that runs them over the warehouse.
"""
