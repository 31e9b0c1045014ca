"""The child process that reads pages: `python -m wirewatch.articles.extraction.child MEMORY_LIMIT TIME_LIMIT`."""

from __future__ import annotations

from wirewatch.articles.extraction.extract import extract
from wirewatch.errors import ExtractionError
from wirewatch.sandbox.child import serve
from wirewatch.text.language import article_language

if __name__ == "__main__":
    article_language("ready", None, None)  # loads the detector now, so that it counts against no page's limits
    serve(extract, expected=ExtractionError)
