# Two commands matter: `make demo` shows the product, `make test` proves it.
.PHONY: install demo demo-reset test bench check messages lock audit

PYTHON = .venv/bin/python

install:
	@scripts/install

demo: install
	@exec $(PYTHON) manage.py demo

demo-reset: install
	@exec $(PYTHON) manage.py demo --reset

test: install
	$(PYTHON) -m pytest $(ARGS)

# Sizes and parts by ARGS: tests/bench/__main__.py names them.
bench: install
	$(PYTHON) -m tests.bench $(ARGS)

check: install
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy .
	.venv/bin/lint-imports
	find templates interventions portals tracking -name '*.html' | xargs --no-run-if-empty .venv/bin/djade --check --target-version 6.1
	$(PYTHON) manage.py makemigrations --check --dry-run
	.venv/bin/deptry .
	$(MESSAGES)
	git diff --exit-code -I '^"POT-Creation-Date' -- locale || (echo "Commit the catalogue that makemessages wrote."; exit 1)
	git checkout --quiet -- locale

# The source is French; what is to be translated from it stands in one catalogue.
MESSAGES = $(PYTHON) manage.py makemessages --locale en --no-location --no-obsolete --no-wrap --ignore 'var/*' --ignore 'tests/*'

messages: install
	$(MESSAGES)

# The locks name no host: whoever installs uses the index they trust.
LOCK = uv pip compile --quiet --universal --python-version 3.12 --only-binary :all: --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

lock:
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

# Needs the network, and says so where there is none.
audit: install
	@scripts/audit
