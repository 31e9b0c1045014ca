"""Secrets in files that only their owner can read."""

from __future__ import annotations

import os
from pathlib import Path


def write_secret(file: Path, text: str) -> None:
    """Writes `text` to `file` with mode 0600, whole or not at all."""
    fresh = file.with_name(file.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    fresh.replace(file)
