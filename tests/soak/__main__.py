"""Runs soak tests by name, or all of them: `python -m tests.soak [--list] [name …]`."""

from bench.running import main

if __name__ == "__main__":
    main("tests.soak")
