"""Who had it first, and who copied whom.

    article ─ fingerprint ─▶ shingles, bands, facts ─ candidates ─▶ pairs ─ matching ─▶ copies ─▶ story, origin

All modules but `linking` are pure: it is the stage that runs them over the warehouse; `in_memory` runs the same
decisions over a list.
"""
