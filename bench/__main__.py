"""Runs benchmarks by name, or all of them: `python -m bench [--list] [name …]`."""

from bench.running import main

if __name__ == "__main__":
    main("bench")
