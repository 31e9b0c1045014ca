"""The `wirewatch` command. Each command is a few lines; the work is in the rooms."""

from wirewatch.cli import feeds, filters, operations, stack, warehouse
from wirewatch.cli.base import app, main

__all__ = ["app", "feeds", "filters", "main", "operations", "stack", "warehouse"]
