# What runs on your desk is what runs in CI.
#
#   make demo     a live session on this machine, with its staff; Ctrl-C stops it
#   make test     every test, in a real browser too
#   make check    format, lint, types
#   make audit    let judges that are not ours look at the pages; writes docs/audit.md (minutes)
#   make format   lay the code out and mend what a tool can mend
#   make bench    measurements
#   make docs     write the tables in docs/ that the program knows best, and the measurements
#   make lock     resolve the dependencies again (UPGRADE=1 takes newer versions)
#   make vendor   fetch the browser files again (needs npm)
#   make catalogue  bring the translations up to date; says what is left to translate
#   make clean    forget the virtual environment and the caches
#
# Needs Python 3.11 or newer. Another one than python3: make demo PYTHON=python3.13
# Arguments for pytest: make test ARGS='tests/chat -x'

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
UPGRADE ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Hashes or nothing; wheels only, so that nobody's set-up script runs here.
LOCKED := install --require-hashes --only-binary :all:
# The project itself, built by the locked setuptools.
ITSELF := install --no-deps --no-build-isolation --editable .
COMPILE := $(BIN)/python -m uv pip compile pyproject.toml --group build --quiet --no-config \
	--universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" \
	$(if $(UPGRADE),--upgrade)

.PHONY: demo test check audit format bench docs lock vendor catalogue clean chromium promtool java

demo: $(VENV)/.runtime
	@exec $(BIN)/askpanel demo $(ARGS)

test: $(VENV)/.dev chromium promtool
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.dev
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy

# Tools of others, in a folder that git does not see: see tools/audit/package.json.
AUDIT := .audit

audit: $(VENV)/.dev chromium java $(AUDIT)/.tools
	$(BIN)/python -m tools.audit $(ARGS)

format: $(VENV)/.dev
	$(BIN)/python -m ruff format .
	$(BIN)/python -m ruff check --fix .

# In this order; one that fails does not keep the others from running.
BENCHES := fanout join bytes intake growth page triage workers similar no_loss

bench: $(VENV)/.dev
	@failed=; for name in $(BENCHES); do \
		echo "== bench/$$name.py"; $(BIN)/python bench/$$name.py $(ARGS) || failed="$$failed $$name"; \
	done; \
	case "$(ARGS)" in *--record*) $(BIN)/python -m bench.rig.drawn;; esac; \
	[ -z "$$failed" ] || { echo "Failed:$$failed" >&2; exit 1; }

docs: $(VENV)/.dev
	$(BIN)/python tools/docs.py
	$(BIN)/python -m bench.rig.drawn

lock: $(VENV)/.dev
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --extra dev --constraint requirements.txt --output-file requirements-dev.txt

vendor: $(VENV)/.dev
	$(BIN)/python tools/vendor.py

catalogue: $(VENV)/.dev
	$(BIN)/python tools/catalogue.py

clean:
	rm -rf $(VENV) $(AUDIT) .mypy_cache .pytest_cache .ruff_cache .hypothesis build askpanel.egg-info

# An environment that was moved with its folder, or whose Python has gone, is made anew.
$(shell [ -x $(BIN)/python ] && [ "$$(cat $(VENV)/.place 2>/dev/null)" = "$$(pwd)" ] || \
	rm -f $(BIN)/python $(VENV)/.runtime $(VENV)/.dev)

# The stamps: each is older than what it was made from only when that has changed.
$(VENV)/.runtime: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing the locked dependencies into $(VENV) …"
	@$(PIP) $(LOCKED) -r requirements.txt
	@$(PIP) $(ITSELF)
	@touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing the locked development dependencies into $(VENV) …"
	@$(PIP) $(LOCKED) -r requirements-dev.txt
	@$(PIP) $(ITSELF)
	@touch $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "Askpanel needs Python 3.11 or newer, and there is no $(PYTHON) here." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Askpanel needs Python 3.11 or newer; this is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make virtual environments: install the package python3-venv." >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@pwd > $(VENV)/.place

# The tests drive the system's Chromium. As root on Debian we fetch it; otherwise we say so.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-liberation; \
		else echo "The tests need Chromium: install the package chromium." >&2; exit 1; fi

# The Nu HTML checker is a Java program.
java:
	@command -v java >/dev/null || \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq default-jre-headless; \
		else echo "The audit needs Java: install the package default-jre-headless." >&2; exit 1; fi

# By the hashes of the lock, and nobody's set-up script runs here: none of it needs one.
$(AUDIT)/.tools: tools/audit/package.json tools/audit/package-lock.json
	@command -v npm >/dev/null || \
		{ echo "The audit needs Node.js 20 or newer with npm: install the packages nodejs and npm." >&2; exit 1; }
	@node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' || \
		{ echo "The audit needs Node.js 20 or newer; this is $$(node --version)." >&2; exit 1; }
	@echo "Installing the locked tools of the audit into $(AUDIT) …"
	@mkdir -p $(AUDIT) && cp tools/audit/package.json tools/audit/package-lock.json $(AUDIT)/
	@cd $(AUDIT) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# The tests let Prometheus's own tool read the alerts. The one program is taken out of Debian's
# package, so that no Prometheus is installed, and none started.
promtool: | $(VENV)/.dev
	@command -v promtool >/dev/null || [ -x $(BIN)/promtool ] || \
		if command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then \
			echo "Taking promtool out of the package prometheus …"; \
			set -e; place="$$(mktemp -d)"; \
			[ "$$(id -u)" != 0 ] || apt-get update -qq; \
			(cd "$$place" && apt-get -o APT::Sandbox::User=root download -qq prometheus); \
			dpkg-deb --fsys-tarfile "$$place"/prometheus_*.deb | tar -xO ./usr/bin/promtool >"$$place/promtool"; \
			install -m 755 "$$place/promtool" $(BIN)/promtool; rm -r "$$place"; \
		else echo "The tests need promtool: install Prometheus, which brings it." >&2; exit 1; fi
