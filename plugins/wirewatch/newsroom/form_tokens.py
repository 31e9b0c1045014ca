"""Form tokens against cross-site request forgery.

A token is the reader's id, signed with the time of its issue: it is of no use to anybody else, nor tomorrow.
"""

from __future__ import annotations

from itsdangerous import BadSignature, TimestampSigner

LIFE_S = 12 * 3600


def issue(secret: str, reader: str) -> str:
    """A token for `reader`."""
    return _signer(secret).sign(reader).decode()


def is_good(secret: str, reader: str, token: str) -> bool:
    """Whether `token` was issued to `reader` within the last LIFE_S seconds."""
    try:
        return _signer(secret).unsign(token, max_age=LIFE_S) == reader.encode()
    except BadSignature:  # SignatureExpired is one
        return False


def _signer(secret: str) -> TimestampSigner:
    return TimestampSigner(secret, salt="wirewatch newsroom form")
