# The commands people type. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup up down preview journey test browser image scan fuzz bench check format docs golden lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## .venv with the locked packages (the other commands do it themselves)
	@$(PYTHON) requirements/install.py

up: setup ## the platform on this machine; DETACH=1 returns when it is healthy, PORT=8081 moves it
	@$(BIN)/priceguard local up $(if $(DETACH),--detach) $(if $(PORT),--port $(PORT))

down: setup ## stop it
	@$(BIN)/priceguard local down

preview: setup ## what an update of STACK (dev) would do, by Pulumi's engine; LOCAL=1 asks the platform that runs here
	@$(BIN)/priceguard preview $(or $(STACK),dev) $(if $(LOCAL),--local)

journey: setup ## offline, told while it happens: a change from pull request to prod, and failures; ENGINE=pulumi
	@$(BIN)/python -m tests.journey.gitops $(if $(ENGINE),--engine $(ENGINE))

test: setup ## the checks, with the time of each; longer ones: browser, journey, image, scan
	@$(BIN)/python -m tests

browser: setup ## the demo shop in Chromium, against the platform as `make up` starts it
	@$(BIN)/python -m pytest --quiet --numprocesses 2 --dist loadfile tests/browser

image: setup ## the API's image: built, proved, and its figures beside those of the same API in Express
	@$(BIN)/python -m bench.images
	@$(BIN)/python -m pytest --quiet tests/image

scan: setup ## known mistakes in the Dockerfiles and the bootstrap template, by checkov
	@test .venv/scan/.installed -nt requirements/scan.txt || { $(BIN)/uv venv --quiet --clear .venv/scan \
	  && $(BIN)/uv pip install --quiet --system-certs --require-hashes --python .venv/scan -r requirements/scan.txt \
	  && touch .venv/scan/.installed; }
	@.venv/scan/bin/checkov --config-file .checkov.yaml && echo "nothing found"

fuzz: setup ## thousands of requests against the API, valid and broken ones
	@SCHEMATHESIS_EXAMPLES=100 $(BIN)/python -m pytest --quiet --capture=no tests/api/test_schemathesis.py

bench: setup ## fifty people log in at once: logins a second, memory, health meanwhile
	@$(BIN)/python -m tests.api.login_bench

check: setup ## the checks that take seconds: format, lint, types, workflows
	@$(BIN)/python -m tests --static

format: setup ## put the code into shape
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .

docs: setup ## what the docs show of the code: docs/openapi.json, the diagrams, pictures of the shop's pages
	@$(BIN)/python -m api.openapi_command > docs/openapi.json
	@$(BIN)/python -m local.api_types > local/shop/api_types.js
	@$(BIN)/python -m render.docs_command
	@$(BIN)/python -m tests.browser.screenshots

golden: setup ## the list of URNs, after a resource was added, renamed or taken away on purpose
	@$(BIN)/python -m tests.infra.golden

lock: setup ## pin the newest allowed versions, with hashes
	@cd requirements && lock() { ../$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" ../pyproject.toml "$$@"; } \
	  && lock --extra api --extra dev -o dev.txt && lock --extra api --constraint dev.txt -o api.txt \
	  && lock --extra scan -o scan.txt
