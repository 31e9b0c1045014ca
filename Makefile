# The main commands are `make up` and `make demo`. All of them need Python 3.11 or newer with venv, and make.

PYTHON ?= python3
VENV := .venv
WIREWATCH := $(VENV)/bin/wirewatch
# Compiled bytecode is what makes Airflow start in seconds.
UV := env -u PYTHONDONTWRITEBYTECODE $(VENV)/bin/uv pip install --quiet --python $(VENV)/bin/python --compile-bytecode

# Docker Compose 2 where there is one, else 1.29 or newer.
COMPOSE = $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose) --env-file $(ENV_FILE)
ENV_FILE := .env
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup up down install-service demo psql secrets compose-up compose-down compose-test test coverage test-matrix lint format wheel bench soak docs rows lock audit sbom clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

setup: $(VENV)/.ready ## make .venv from the lock file, with hashes checked

up: setup ## start everything on this machine and print the addresses
	@$(WIREWATCH) up

down: setup ## stop everything; nothing is lost
	@$(WIREWATCH) down

install-service: setup ## let systemd start it after each reboot
	@$(WIREWATCH) install-service

demo: setup ## the whole pipeline, through Airflow, on the bundled sample web
	@$(WIREWATCH) demo

psql: setup ## open the warehouse as analyst
	@$(WIREWATCH) psql

secrets: ## make .env, and files for the services: new random passwords for docker compose; existing values are kept
	@umask 077 && touch $(ENV_FILE) && while IFS= read -r line; do case "$$line" in \
	    [A-Z]*=*) grep -q "^$${line%%=*}=" $(ENV_FILE) && continue ;; \
	    *) test -s $(ENV_FILE) && continue ;; esac; case "$$line" in \
	    WIREWATCH_SECRETS=) echo "$$line$(dir $(ENV_FILE))secrets" ;; \
	    FERNET_KEY=) echo "$$line$$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')" ;; \
	    [A-Z]*=) echo "$$line$$(head -c 48 /dev/urandom | base64 | tr '+/' '-_')" ;; \
	    *) echo "$$line" ;; esac; done <.env.example >$(ENV_FILE).more
	@umask 077 && cat $(ENV_FILE) $(ENV_FILE).more >$(ENV_FILE).new && mv $(ENV_FILE).new $(ENV_FILE)
	@test -s $(ENV_FILE).more && echo "$(ENV_FILE) has new secrets; UI_PASSWORD in it is the login of admin" \
	    || echo "$(ENV_FILE) stays as it is: running databases know its passwords only. Move it away to make another."
	@rm $(ENV_FILE).more
	@containers/write-secrets.sh $(ENV_FILE)

compose-up: $(ENV_FILE) ## the same on containers, with WORKERS=2 Celery workers
	@containers/write-secrets.sh $(ENV_FILE)
	@$(COMPOSE) build --quiet airflow-init
	@$(COMPOSE) up --detach --scale airflow-worker=$(WORKERS)

compose-down: $(ENV_FILE) ## stop the containers; volumes with the data stay
	@$(COMPOSE) down

compose-test: $(VENV)/.ready-dev ## the compose stack on the sample web: two workers, one killed, answers compared
	@env WIREWATCH_COMPOSE_TEST=1 $(VENV)/bin/python -m pytest tests/compose -q -s

$(ENV_FILE):
	@echo "there is no $(ENV_FILE); run make secrets"; exit 1

test: $(VENV)/.ready-dev ## all tests
	@$(VENV)/bin/python -m pytest -n 2 --dist loadfile

coverage: $(VENV)/.ready-dev ## all tests with line and branch coverage: a table, and htmlcov/index.html
	@$(VENV)/bin/python -m pytest -n 2 --dist loadfile --cov --cov-report=term --cov-report=html

test-matrix: $(VENV)/.ready-dev ## database tests on every Python and PostgreSQL version found on this machine
	@$(VENV)/bin/python -m tests.matrix

lint: $(VENV)/.ready-dev ## style, import rules, types, security rules, configuration files
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/mypy
	@$(VENV)/bin/bandit --quiet --recursive --configfile pyproject.toml plugins dags
	@$(WIREWATCH) check

format: $(VENV)/.ready-dev ## fix the style
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

wheel: $(VENV)/.ready ## build dist/wirewatch-….whl, with SQL, DAGs and the sample web in it
	@$(VENV)/bin/uv build --quiet --wheel --no-build-isolation --python $(VENV)/bin/python
	@ls dist/*.whl

bench: $(VENV)/.ready-dev ## measure every part; writes the figures that docs/ quotes
	@$(VENV)/bin/python -m bench

soak: $(VENV)/.ready-dev ## faults, recorded weeks and simulated ones: hours; writes their reports into docs/
	@$(VENV)/bin/python -m tests.soak

docs: $(VENV)/.ready-dev ## write docs/warehouse.md from the database's comments, the table of alarms and the drawing of rooms
	@echo "the sample week runs through all stages: about two minutes"
	@$(VENV)/bin/python -m tests.warehouse.document
	@$(VENV)/bin/python -m tests.alarms.document
	@$(VENV)/bin/python -m tests.rooms
	@echo "docs/warehouse.md, docs/operations.md and docs/design.md are up to date"

rows: $(VENV)/.ready-dev ## write the types of the queries in sql/queries, as the database tells them
	@$(VENV)/bin/python -m tests.warehouse.typing_queries

lock: $(VENV)/.ready ## update the lock files
	$(VENV)/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.txt
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --all-extras -c requirements.txt pyproject.toml -o requirements-dev.txt
	printf "hatchling\nuv\n" | $(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -c requirements.txt - -o requirements-build.txt
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra celery --extra metrics --extra s3 -c requirements-dev.txt pyproject.toml -o requirements-image.txt

audit: $(VENV)/.ready-dev ## check the locked packages for known vulnerabilities (needs pip-audit and the network)
	pip-audit --require-hashes --disable-pip -r requirements.txt

sbom: $(VENV)/.ready-dev ## write sbom.json (CycloneDX 1.6, checked by its schema) from the lock file
	@$(VENV)/bin/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --sv 1.6 --output-reproducible --validate -o sbom.json && echo sbom.json

clean: ## remove the virtual environment; the state in .wirewatch stays
	rm -rf $(VENV)

$(VENV)/.ready: requirements.txt requirements-build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Wirewatch needs Python 3.11 or newer; run make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "installing into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements-build.txt
	@$(VENV)/bin/uv pip uninstall --quiet --python $(VENV)/bin/python pip setuptools
	@$(UV) --require-hashes -r requirements.txt
	@$(UV) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.txt
	@$(UV) --require-hashes -r requirements-dev.txt
	@touch $@
