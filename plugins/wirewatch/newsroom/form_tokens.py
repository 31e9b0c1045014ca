"""Form tokens against cross-site request forgery.

A token is the time of its issue, signed together with the reader's id: it is of no use to anybody else, nor tomorrow.
"""

from __future__ import annotations

import hashlib
import hmac
import time

LIFE_S = 12 * 3600


def issue(secret: str, reader: str, *, now: float | None = None) -> str:
    """A token for `reader`; `now` in seconds since 1970."""
    issued = str(int(time.time() if now is None else now))
    return f"{issued}.{_signature(secret, reader, issued)}"


def is_good(secret: str, reader: str, token: str, *, now: float | None = None) -> bool:
    """Whether `token` was issued to `reader` within the last LIFE_S seconds."""
    issued, _, signature = token.partition(".")
    if not (issued.isascii() and issued.isdigit()):
        return False
    age = (time.time() if now is None else now) - int(issued)
    expected = _signature(secret, reader, issued)
    return -60 <= age <= LIFE_S and hmac.compare_digest(signature.encode(), expected.encode())


def _signature(secret: str, reader: str, issued: str) -> str:
    message = f"wirewatch newsroom form\n{issued}\n{reader}"
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
