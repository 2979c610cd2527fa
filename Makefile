# Everything a newcomer needs. `make` alone lists it. Only make and Python 3.11 or newer are asked for.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install

.DEFAULT_GOAL := help
.PHONY: help demo run up down secrets test soak check bench lock sbom holes docs schemas clean drill kafka kafka-jars postgres \
	keycloak keycloak-dist practice
.DELETE_ON_ERROR:

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# BUS=kafka DB=postgres: in four processes on real servers; with ISSUER=keycloak its people sign in there as well.
ifeq ($(BUS)$(DB)$(ISSUER),)
demo: .venv/.can-run  ## Play the journey of the 33 (ARGS=--exit to stop at the end; BUS=kafka DB=postgres ISSUER=keycloak)
	@$(BIN)/homeward demo $(ARGS)
else ifeq ($(BUS)$(DB)$(ISSUER),kafkapostgres)
demo: .venv/.ready kafka-jars
	@$(BIN)/python -m deploy.local.demo $(ARGS)
else ifeq ($(BUS)$(DB)$(ISSUER),kafkapostgreskeycloak)
demo: .venv/.ready kafka-jars keycloak-dist
	@$(BIN)/python -m deploy.local.demo --keycloak $(ARGS)
else
demo:
	@echo 'The demo knows three forms: nothing said, BUS=kafka DB=postgres, and those two with ISSUER=keycloak.' >&2; false
endif

ifeq ($(BUS)$(DB),)
drill: .venv/.ready  ## Play, back up, destroy all, restore: the same tables? (BUS=kafka DB=postgres ARGS=--lose-topic)
	@$(BIN)/python -m deploy.local.drill $(ARGS)
else ifeq ($(BUS)$(DB),kafkapostgres)
drill: .venv/.ready kafka-jars
	@$(BIN)/python -m deploy.local.drill --servers $(ARGS)
else
drill:
	@echo 'The drill knows two forms: nothing said, or BUS=kafka DB=postgres, both.' >&2; false
endif

run: .venv/.can-run  ## Start the four services, empty, on one port, and stay
	@$(BIN)/homeward run $(ARGS)

test: .venv/.ready kafka-jars  ## Run all tests but the slow ones (ARGS="-k word" narrows)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --durations=15 -m "not slow" $(ARGS)

secrets:  ## Write .env with new secrets for `make up`, unless it is there
	@$(PYTHON) -m deploy.make_env

practice: .venv/.can-run  ## Write Keycloak's realm with the invented people of the journey, for `make up`, and their password
	@$(BIN)/python -m deploy.local.realm examples/long-an-33 .homeward-practice

up: secrets  ## Start the production form in containers (Docker Compose), and wait until it is healthy
	@docker compose up --build --detach --wait
	@echo 'PRACTICE ONLY. Open http://127.0.0.1:8470/intake/docs, or the port that .env names. `make down` stops it.'

down:  ## Stop those containers; their data stays
	@docker compose down

soak: .venv/.ready kafka-jars  ## Attack for long: kills and brokers away for minutes, many people, many requests (SOAK=3 is how much)
	@HOMEWARD_TEST_SOAK=$(or $(SOAK),3) CI=true $(BIN)/python -m pytest -s --durations=15 -m slow \
	tests/faults/test_killed_at_random.py tests/faults/test_brokers_fail.py tests/faults/test_any_order.py \
	tests/journeys/test_tables_follow.py tests/service/trust/test_openapi.py $(ARGS)

check: .venv/.ready  ## Format, lint, types and import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

kafka: .venv/.ready kafka-jars  ## Start Apache Kafka on this machine, without Docker, and stay (ARGS="--brokers 3")
	@$(BIN)/python -m deploy.local kafka $(ARGS)

postgres: .venv/.ready  ## Start PostgreSQL on this machine and stay
	@$(BIN)/python -m deploy.local postgres $(ARGS)

keycloak: .venv/.ready keycloak-dist  ## Start Keycloak on this machine and stay (ARGS="--practice examples/long-an-33")
	@$(BIN)/python -m deploy.local keycloak $(ARGS)

# Where nothing can be fetched nothing fails here: tests that need a broker say so and are skipped.
JARS := deploy/kafka-local/libs/.fetched
kafka-jars:  ## Fetch Apache Kafka for `make kafka` and tests (Maven; 43 MB, once)
	@if command -v mvn >/dev/null; then $(MAKE) --no-print-directory $(JARS); else false; fi \
	|| echo 'Not fetched (no Maven, or no network): what needs Apache Kafka is left out.'

$(JARS): deploy/kafka-local/pom.xml
	@echo 'Fetching Apache Kafka (43 MB, once) ...'
	@rm -rf $(@D)
	@mvn --quiet --batch-mode -Dstyle.color=never --file $< dependency:copy-dependencies -DoutputDirectory=libs
	@touch $@

KEYCLOAK := deploy/keycloak-local/dist/.built
keycloak-dist:  ## Fetch Keycloak for `make keycloak` and build it (Maven; 177 MB, once; half a minute)
	@if command -v mvn >/dev/null; then $(MAKE) --no-print-directory $(KEYCLOAK); else false; fi \
	|| echo 'Not fetched (no Maven, or no network): what needs Keycloak is left out.'

$(KEYCLOAK): deploy/keycloak-local/pom.xml deploy/keycloak/keycloak.conf
	@echo 'Fetching Keycloak (177 MB, once) and building it (half a minute) ...'
	@rm -rf $(@D)
	@mvn --quiet --batch-mode -Dstyle.color=never --file $< dependency:unpack-dependencies \
	-DoutputDirectory=$(CURDIR)/$(@D) -DmarkersDirectory=$(CURDIR)/$(@D)/markers
	@JAVA_OPTS_APPEND='-XX:TieredStopAtLevel=1' sh $(@D)/keycloak-*/bin/kc.sh \
	--config-file=deploy/keycloak/keycloak.conf build >$(@D)/build.txt 2>&1 || { cat $(@D)/build.txt; false; }
	@touch $@

bench: .venv/.ready kafka-jars  ## Measure against yardsticks: long (ARGS=--quick: minutes); see docs/performance.md
	@$(BIN)/python -m bench $(ARGS)

docs: .venv/.can-run  ## Write the pages under docs/ again from the code, and what is kept of each new event
	@$(BIN)/python -m services docs
	@$(BIN)/python -m deploy.dashboard

schemas: .venv/.ready  ## Take new optional fields of events into docs/events/schemas; refuse any other change
	@$(BIN)/python -m tests.support.evolution

LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-strip-extras --python-version 3.11 \
	--custom-compile-command 'make lock'

sbom: .venv/.ready  ## Write the parts list of a release (homeward.cdx.json, CycloneDX), and say its licences
	@$(BIN)/python -m deploy.sbom

holes: .venv/.ready  ## Ask a feed of known vulnerabilities about every package; loud, and not 0, where it cannot be asked
	@$(BIN)/python -m deploy.known_holes

lock: .venv/.ready  ## Lock the newest dependencies into requirements/*.txt, with hashes
	@$(LOCK) --upgrade requirements/run.in --output-file requirements/run.txt
	@$(LOCK) --upgrade requirements/build.in --output-file requirements/build.txt
	@$(LOCK) --upgrade requirements/dev.in --output-file requirements/dev.txt
	@$(LOCK) --upgrade tests/clients/python/requirements.in --output-file tests/clients/python/requirements.txt
	@$(LOCK) --upgrade bench/peers/requirements.in --output-file bench/peers/requirements.txt

clean:  ## Remove the environment and all caches (never the data folder)
	rm -rf .venv .clients .peers .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage .coverage.* htmlcov $(dir $(JARS)) \
	$(dir $(KEYCLOAK))
	find services shared story tests deploy -name __pycache__ -type d -prune -exec rm -rf {} +

# Two stamps in one environment: running needs run.txt, and build.txt to install the project; testing needs all three.
.venv/.can-run: requirements/run.txt requirements/build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Homeward needs Python 3.11 or newer; \
	this is " + sys.version.split()[0] + ". Name another one with: make PYTHON=/path/to/python3.11 ...")'
	@echo 'Setting up .venv (once; a minute or two, depending on the network) ...'
	@$(PYTHON) -m venv .venv
	@$(PIP) --require-hashes --no-deps -r requirements/run.txt
	@$(PIP) --require-hashes --no-deps -r requirements/build.txt
	@$(PIP) --no-deps --no-build-isolation --no-index -e .
	@touch $@

.venv/.ready: requirements/dev.txt .venv/.can-run
	@$(PIP) --require-hashes --no-deps -r requirements/dev.txt
	@touch $@
