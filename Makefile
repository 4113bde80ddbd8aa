# `make lab` opens JupyterLab with this extension on an example, `make test` checks everything.
# `make help` lists the rest. Only make and Python 3.11 or newer must be there already.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

VENV ?= .venv
EXAMPLE ?= examples/penguins.ipynb
ARGS ?=
comma := ,

PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
STAMPS := $(VENV)/.stamps
REPORTS := $(CURDIR)/build/reports

# The environment's own tools come first, and its Node.js when the system has none.
export PATH := $(abspath $(VENV))/bin:$(PATH)
# One download cache for the extension, its browser tests and the clean build.
export YARN_CACHE_FOLDER := $(CURDIR)/.yarn/cache
export MAKE
# Tests start some hundreds of processes: none is to compile again what another has compiled.
unexport PYTHONDONTWRITEBYTECODE

PYTHON_FOLDERS := $(wildcard anode_jlab tests tools bench)
FRONT_SOURCES := $(shell find src style schema -name __tests__ -prune -o -print 2>/dev/null) \
	package.json tsconfig.json install.json
WHEEL_SOURCES := $(FRONT_SOURCES) pyproject.toml README.md LICENSE yarn.lock \
	$(shell find anode_jlab jupyter-config \( -name labextension -o -name __pycache__ \
	-o -name _version.py \) -prune -o -type f -print)

# What `make test` runs, the quickest answers first.
CHECKS := install lint types layers sizes monkeypatches hosts generated pytest jest wheel uitest

.PHONY: help lab test bench docs dev watch clean front $(CHECKS) fix

help:
	@echo 'make lab            build, install and open JupyterLab on an example'
	@echo '                    (ARGS="--port 9000 --no-browser" goes to JupyterLab)'
	@echo 'make test           everything that is checked: $(filter-out install,$(CHECKS))'
	@echo 'make bench          measure and print the table (ARGS="..." goes to it)'
	@echo 'make docs           build the documentation into build/docs'
	@echo 'make dev            set up this clone for working on it'
	@echo 'make watch          rebuild the front end on every change'
	@echo 'make fix            format and repair what the linters can'
	@echo 'make clean          remove what was built (the environment stays)'
	@echo 'Each name of `make test` is a target of its own; ARGS goes to pytest, jest and uitest.'

# --- set-up: each stamp is made again only when what it depends on changed ---

$(STAMPS)/venv: tools/bootstrap.sh
	@sh tools/bootstrap.sh $(VENV)
	@mkdir -p $(STAMPS) && touch $@

PYTHON_SOURCES := pyproject.toml examples/requirements.txt \
	$(wildcard jupyter-config/*/anode_jlab.json)

# The link of the front end goes first: pip would follow it and delete what was built.
define pip_install
	@rm -rf $(VENV)/share/jupyter/labextensions/anode-jlab
	@SKIP_JUPYTER_BUILDER=1 $(PIP) install -qq -e '.[$(1)]' -r examples/requirements.txt
endef

$(STAMPS)/python: $(STAMPS)/venv $(PYTHON_SOURCES)
	@echo 'Installing the Python packages (about a minute the first time)'
	$(call pip_install,ai$(comma)lab)
	@touch $@

# Holds all of the above, so that it need not run as well.
$(STAMPS)/dev: $(STAMPS)/venv $(PYTHON_SOURCES)
	@echo 'Installing the Python packages and development tools (about a minute the first time)'
	$(call pip_install,dev)
	@touch $(STAMPS)/python $@

$(STAMPS)/node: $(STAMPS)/venv package.json yarn.lock .yarnrc.yml | $(STAMPS)/python
	@echo 'Installing the JavaScript packages (some minutes the first time)'
	@mkdir -p build
	@jlpm install >build/jlpm.log 2>&1 || { cat build/jlpm.log; exit 1; }
	@touch $@

$(STAMPS)/ui-node: $(STAMPS)/venv $(wildcard ui-tests/package.json ui-tests/yarn.lock) \
		| $(STAMPS)/python
	@mkdir -p build
	@cd ui-tests && { jlpm install >../build/jlpm-ui.log 2>&1 \
		|| { cat ../build/jlpm-ui.log; exit 1; }; }
	@touch $@

$(STAMPS)/front: $(STAMPS)/node $(FRONT_SOURCES)
	@echo 'Building the front end'
	@mkdir -p build
	@jlpm build:prod >build/front.log 2>&1 || { cat build/front.log; exit 1; }
	@touch $@

# Linked, not copied: a rebuilt front end is served at once.
$(STAMPS)/install: $(STAMPS)/front $(STAMPS)/python $(wildcard $(STAMPS)/dev $(STAMPS)/docs)
	@jupyter-builder develop . --overwrite >build/develop.log 2>&1 \
		|| { cat build/develop.log; exit 1; }
	@touch $@

install: $(STAMPS)/install
front: $(STAMPS)/front

dev: $(STAMPS)/dev $(STAMPS)/install
	@echo 'Ready. `make watch` rebuilds on change; `make test` before you hand it in.'

# --- running it ---

lab: $(STAMPS)/install
	@$(PY) -m tools.lab $(EXAMPLE) $(ARGS)

watch: $(STAMPS)/install
	@jlpm watch

bench: $(STAMPS)/dev $(STAMPS)/install
	@$(PY) -m bench $(ARGS)

$(STAMPS)/docs: $(STAMPS)/dev
	$(call pip_install,docs)
	@touch $@

docs: $(STAMPS)/docs
	@$(PY) -m sphinx -W --keep-going -b html docs build/docs
	@echo 'build/docs/index.html'

# --- checking it ---

test: $(STAMPS)/dev
	@$(PY) -m tools.gate $(CHECKS)

lint: $(STAMPS)/dev $(STAMPS)/node
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	jlpm lint:check

types: $(STAMPS)/dev $(STAMPS)/node $(STAMPS)/ui-node
	$(PY) -m mypy --strict $(PYTHON_FOLDERS)
	jlpm types:check
	cd ui-tests && jlpm types:check

layers: $(STAMPS)/dev $(STAMPS)/node
	lint-imports
	jlpm deps:check

sizes: $(STAMPS)/dev
	$(PY) -m tools.check_sizes

monkeypatches: $(STAMPS)/dev
	$(PY) -m tools.check_monkeypatches

hosts: $(STAMPS)/dev
	$(PY) -m tools.check_hosts

generated: $(STAMPS)/dev
	$(PY) -m tools.generate --check

pytest: $(STAMPS)/dev
	$(PY) -m pytest --junitxml=$(REPORTS)/pytest.xml $(ARGS)

jest: $(STAMPS)/node
	jlpm test $(ARGS)

build/wheel.stamp: $(WHEEL_SOURCES) tools/build_wheel.py tools/check_wheel.py | $(STAMPS)/dev
	@mkdir -p build
	$(PY) -m tools.build_wheel >build/wheel.log 2>&1 || { cat build/wheel.log; exit 1; }
	$(PY) -m tools.check_wheel
	@touch $@

wheel: build/wheel.stamp
	$(PY) -m pytest tests/wheel --junitxml=$(REPORTS)/wheel.xml

# Each browser test starts its own server on a free port.
uitest: $(STAMPS)/dev $(STAMPS)/install $(STAMPS)/ui-node
	@chromium=$$(sh tools/chromium.sh) && echo "Browser tests with $$chromium" && cd ui-tests \
		&& CHROMIUM=$$chromium ANODE_TEST_PYTHON=$(abspath $(PY)) \
		PLAYWRIGHT_JUNIT_OUTPUT_FILE=$(REPORTS)/uitest.xml \
		jlpm test --reporter=list,junit $(ARGS)

fix: $(STAMPS)/dev $(STAMPS)/node
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	jlpm lint

clean:
	rm -rf build dist lib anode_jlab/labextension .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .eslintcache .stylelintcache
	rm -f $(STAMPS)/front $(STAMPS)/install
