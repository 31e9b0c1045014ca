"""How far copies are looked for, alike in the warehouse and in memory; pure."""

MAX_CANDIDATES = 60
"""Articles that one article is compared with: those that share most keys, the earliest first."""

OVERSIZED = 100
"""Of a key that more articles share, the earliest so many are considered: it is boilerplate, or a text all print."""

COMMON = 1000
"""A key that so many articles share is ignored: it is boilerplate of many sites, or a notice that all print."""

COMMON_FACT = 300
"""A fact that so many articles of a week hold finds nothing: everybody writes of it."""

MAX_TRANSLATION_CANDIDATES = 30
"""Articles in other languages that one article is compared with: those that share the rarest facts."""

SHARED_FACTS = 2
"""Rare facts that an article in another language must share to be a candidate."""

SURE = 1000
"""What an equal address or text counts for in ranking candidates, where a shared shingle counts one."""

WEEKS_AROUND = 2
"""Copies are looked for so many weeks before and after the week in which an article was first seen; an equal text or
address is found at any distance."""
