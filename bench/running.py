"""Runs the modules of a package that have a `main()`: benchmarks and soak tests.

python -m bench [--list] [NAME …]
python -m tests.soak [--list] [NAME …]
"""

from __future__ import annotations

import argparse
import ast
import importlib
import sys
import time
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]


def runnable(package: str) -> dict[str, str]:
    """Name → the first line of the docstring, for each module of `package` with a `main()` that needs no argument."""
    found = {}
    for file in sorted((_ROOT / package.replace(".", "/")).glob("[!_]*.py")):
        module = ast.parse(file.read_text(encoding="utf-8"))
        functions = [part for part in module.body if isinstance(part, ast.FunctionDef)]
        if any(part.name == "main" and len(part.args.args) == len(part.args.defaults) for part in functions):
            found[file.stem] = (ast.get_docstring(module) or "").split("\n")[0]
    return found


def main(package: str) -> None:
    """Runs the named modules one after the other, all of them when none is named; one that fails stops the run."""
    known = runnable(package)
    parser = argparse.ArgumentParser(prog=f"python -m {package}", description=f"Runs modules of {package} by name.")
    parser.add_argument("name", nargs="*", help=f"one of {', '.join(known)}; without a name, all of them run")
    parser.add_argument("--list", action="store_true", help="list the names and exit")
    asked = parser.parse_args()
    unknown = set(asked.name) - set(known)
    if unknown:
        parser.error(f"unknown name: {', '.join(sorted(unknown))}; known names: {', '.join(known)}")
    if asked.list:
        for name, summary in known.items():
            print(f"{name:16} {summary}")
        return
    for name in asked.name or known:
        print(f"── {name}: {known[name]}", flush=True)
        began = time.monotonic()
        sys.argv = [f"{package}.{name}"]  # Each module reads its own options, not ours.
        importlib.import_module(f"{package}.{name}").main()
        print(f"── {name}: {time.monotonic() - began:.0f} s", flush=True)
