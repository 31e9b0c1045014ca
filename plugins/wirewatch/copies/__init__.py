"""Who had it first, and who copied whom.

    article ─ fingerprint ─▶ shingles, bands, facts ─ candidates ─▶ pairs ─ matching ─▶ copies ─▶ story, origin

`fingerprint`, `matching`, `stories` and `credits` are pure. `linking` is the stage that runs them over the warehouse;
`batch` runs the same decisions over a list in memory.
"""
