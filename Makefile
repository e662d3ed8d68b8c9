# Two commands: `make demo` and `make test`. Each makes .venv and installs what it needs; a second call is quick.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

# The short Spark test is part of `make test` where there is Java; `make test-spark` is all of them, and needs it.
JAVA := $(shell { [ -n "$$JAVA_HOME" ] && command -v "$$JAVA_HOME/bin/java"; } || command -v java)

.PHONY: demo test docs man test-slow test-extra test-browser test-spark same same-quick same-all java lint dist clean

demo: .venv/installed
	$(BIN)/cleaner clean corpus/raw -o build/clean.jsonl --force
	@echo "One article, line by line:  $(BIN)/cleaner explain corpus/raw/wartamuara.example/perpustakaan-perahu.txt"

test: .venv/installed-dev $(if $(JAVA),.venv/installed-spark) lint
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q -n 2 --dist loadscope
	$(BIN)/coverage combine -q
	$(BIN)/coverage report --skip-covered --fail-under=90
	@$(if $(JAVA),true,echo "The short Spark test was skipped: there is no Java here. apt-get install openjdk-17-jre-headless")

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test-slow: .venv/installed-dev
	$(BIN)/pytest -q -m slow

test-extra: .venv/installed-extra
	$(BIN)/pytest -q -m extra
	$(BIN)/pytest -q cleaner/integrations

test-spark: java .venv/installed-spark
	CLEANER_SPARK=1 $(BIN)/pytest -q tests/spark -m "spark or not spark"

# whether the code still writes the same bytes as the list in tests/same/same.json; --update writes the list
same same-quick: .venv/installed-dev
	$(BIN)/python tests/same/check_same.py $(if $(filter same-quick,$@),--quick)

# the same with Spark, where there is Java, and shards of one record
same-all: .venv/installed-dev $(if $(JAVA),.venv/installed-spark)
	$(BIN)/python tests/same/check_same.py --all

# says which Java Spark is started on, or ends with the name of the package that is missing
java: .venv/installed
	@$(BIN)/python -m cleaner.engine.java

# the report and the documentation; needs chromium and chromium-driver; axe-core from npm where npm is there
test-browser: .venv/installed-browser .venv/installed-docs
	command -v npm >/dev/null && npm install --silent --no-save --prefix build axe-core || true
	CLEANER_AXE=build/node_modules/axe-core/axe.min.js $(BIN)/pytest -q -m browser tests/browser

# the site in build/site; its pages load nothing from elsewhere, and its search works from disk. The picture of the report on
# its first page needs chromium. REPOSITORY=https://... is the link in its head, else the remote of git or pyproject.toml says it.
docs: .venv/installed-docs
	$(BIN)/pytest -q tests/pages
	$(BIN)/python docs/picture.py build/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	! grep -rlE '<(script|link|img|iframe)[^>]+(src|href)="?https?:' build/site --include='*.html'

man: .venv/installed
	mkdir -p build/man
	$(BIN)/cleaner manual > build/man/cleaner.1

# wheel and sdist, each in an empty environment of every Python from 3.11 to 3.13 that is installed
dist: .venv/installed-dev
	$(BIN)/python tests/check_dist.py

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Cleaner needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml
	$(BIN)/pip install -q -e .
	@touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/pip install -q -e '.[dev]'
	@touch $@

.venv/installed-extra: .venv/installed-dev
	$(BIN)/pip install -q -e '.[dev,extras-test]'
	@touch $@

.venv/installed-docs: .venv/installed-dev
	$(BIN)/pip install -q -e '.[dev,docs]'
	@touch $@

.venv/installed-spark: .venv/installed-dev
	$(BIN)/pip install -q -e '.[dev,spark]'
	@touch $@

.venv/installed-browser: .venv/installed-dev
	$(BIN)/pip install -q -e '.[dev,browser-test]'
	@touch $@

clean:
	rm -rf build dist .venv .mypy_cache .pytest_cache .ruff_cache .coverage*
