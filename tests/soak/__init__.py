"""Soak tests: the pipeline under faults, over recorded weeks and over simulated ones. `python -m tests.soak --list`.

Each module with a `main()` is one, named as its file; it takes minutes to hours and writes its report into docs/.
"""

from pathlib import Path

SOAK_QUERIES = Path(__file__).with_name("queries.sql")
"""The named queries of the soak tests."""
