"""Programs that some tests need and a machine may lack; tests are skipped without, and say so."""

from __future__ import annotations

import os
import shutil

_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))


def program(*names: str) -> str | None:
    """The first of `names` that is installed; none is where `WIREWATCH_TEST_BARE` is set, as on a bare machine."""
    if os.environ.get("WIREWATCH_TEST_BARE"):
        return None
    return next(filter(None, (shutil.which(name, path=_PATH) for name in names)), None)
