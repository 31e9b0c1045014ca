#!/bin/bash
# The original's contract: `bash` and `python` run as they are, anything else is an Airflow command.
umask 0002
case "${1:-}" in
    bash | python) exec "$@" ;;
    airflow) exec "$@" ;;
    *) exec airflow "$@" ;;
esac
