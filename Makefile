# Two commands matter: `make up` and `make demo`. All of them need Python 3.11 or newer with venv, and make.

PYTHON ?= python3
VENV := .venv
WIREWATCH := $(VENV)/bin/wirewatch
# Compiled bytecode is what makes Airflow start in seconds.
UV := env -u PYTHONDONTWRITEBYTECODE $(VENV)/bin/uv pip install --quiet --python $(VENV)/bin/python --compile-bytecode

.DEFAULT_GOAL := help
.PHONY: help setup up down demo psql test lint format bench docs lock clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: $(VENV)/.ready ## make .venv from the lock file, with hashes checked

up: setup ## start everything on this machine and say where it is
	@$(WIREWATCH) up

down: setup ## stop everything; nothing is lost
	@$(WIREWATCH) down

demo: setup ## the whole pipeline, through Airflow, on the bundled loopback newsroom
	@$(WIREWATCH) demo

psql: setup ## open the warehouse as analyst
	@$(WIREWATCH) psql

test: $(VENV)/.ready-dev ## all tests
	@$(VENV)/bin/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/.ready-dev ## style, import contract, configuration files
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/lint-imports
	@$(WIREWATCH) check
	@! command -v docker-compose >/dev/null || docker-compose --env-file .env.example config -q

format: $(VENV)/.ready-dev ## mend the style
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

bench: $(VENV)/.ready-dev ## measure every part; writes the figures that docs/ quotes
	@$(VENV)/bin/python -m bench

docs: $(VENV)/.ready-dev ## write docs/warehouse.md from the database's comments, and the table of alarms
	@$(VENV)/bin/python -m tests.warehouse.document
	@$(VENV)/bin/python -m tests.alarms.document

lock: $(VENV)/.ready ## resolve the dependencies anew
	$(VENV)/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.txt
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --all-extras -c requirements.txt pyproject.toml -o requirements-dev.txt

clean: ## remove the virtual environment; the state in .wirewatch stays
	rm -rf $(VENV)

$(VENV)/.ready: requirements.txt requirements-uv.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Wirewatch needs Python 3.11 or newer; run make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "installing into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements-uv.txt
	@$(UV) --require-hashes -r requirements.txt
	@$(UV) --no-deps --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.txt
	@$(UV) --require-hashes -r requirements-dev.txt
	@touch $@
