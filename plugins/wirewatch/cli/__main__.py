"""`python -m wirewatch.cli`: where there is no script on the path."""

from wirewatch.cli import main

main()
