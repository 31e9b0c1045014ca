"""Characters that steer a terminal or turn the reading order and say nothing themselves (pure).

A right-to-left override makes a headline read otherwise than it is spelt, and C1 controls are escape sequences to some
terminals. Marks that Arabic and Hebrew need (U+200E, U+200F, U+061C) stay.
"""

from __future__ import annotations

import re

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u206a-\u206f\ufff9-\ufffb]")


def without_controls(line: str) -> str:
    """`line`, a headline or a name, without control characters and without embeddings, overrides and isolates."""
    return _CONTROLS.sub("", line)
