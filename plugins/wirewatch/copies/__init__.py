"""Who had it first, and who copied whom.

    article ─ fingerprint ─▶ shingles, bands, facts ─ candidates ─▶ pairs ─ matching ─▶ copies ─▶ story, origin

`linking` is the stage that runs the pure decisions over the warehouse, a `batch` at a time: `site_sentences`,
`candidates`, `link_rows` and `story_rows` are its steps. `in_memory` runs the same decisions over a list.
"""
