"""Style sheet, script, fonts and icons: a fixed set, read once, served to logged-in users only."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException, Response

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}

router = APIRouter()


@cache
def _files() -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in _FOLDER.iterdir() if file.suffix in _TYPES}


@cache
def fingerprint(name: str) -> str:
    """Changes with the file, so that browsers can cache it indefinitely."""
    return hashlib.sha256(_files()[name]).hexdigest()[:12]


@router.get("/static/{name}")
def static_file(name: str) -> Response:
    """One of the files."""
    body = _files().get(name)
    if body is None:
        raise HTTPException(404, "There is no such file.")
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(body, media_type=_TYPES[Path(name).suffix], headers=headers)
