"""Runs benchmarks by name, or all of them: `python -m bench [--list] [name …]`."""

from __future__ import annotations

import argparse
import ast
import importlib
import sys
import time
from pathlib import Path


def benchmarks() -> dict[str, str]:
    """Name → what it measures, by the first line of the module's docstring. Nothing is imported for it."""
    found = {}
    for file in sorted(Path(__file__).parent.glob("[!_]*.py")):
        module = ast.parse(file.read_text(encoding="utf-8"))
        if any(isinstance(part, ast.FunctionDef) and part.name == "main" for part in module.body):
            found[file.stem] = (ast.get_docstring(module) or "").split("\n")[0]
    return found


def main() -> None:
    """Runs the named benchmarks one after the other; one that fails stops the run."""
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"of {', '.join(known)}; all of them without")
    parser.add_argument("--list", action="store_true", help="say what there is")
    asked = parser.parse_args()
    unknown = set(asked.name) - set(known)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if asked.list:
        for name, measures in known.items():
            print(f"{name:16} {measures}")
        return
    for name in asked.name or known:
        print(f"── {name}: {known[name]}", flush=True)
        began = time.monotonic()
        sys.argv = [f"bench.{name}"]  # A benchmark reads its own options, not ours.
        importlib.import_module(f"bench.{name}").main()
        print(f"── {name}: {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
