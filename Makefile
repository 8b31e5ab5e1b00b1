PORT ?= 8501
ADDRESS ?= 127.0.0.1
VENV ?= .venv
PYTHON ?= python3

.PHONY: run demo test prove lint install install-dev lock sbom help

# The server, not a shell around it, gets Ctrl-C and whatever a supervisor sends.
SERVE = $(VENV)/bin/python -m cmi_core place $(ADDRESS) $(PORT) && \
	exec $(VENV)/bin/python -m streamlit run app.py --server.port $(PORT) --server.address $(ADDRESS)

run: install
	@$(SERVE)

demo: install
	@CMI_DEMO=true $(VENV)/bin/python -m cmi_core demonstration make
	@export CMI_DEMO=true; $(SERVE)

# A file stays with one worker and the servers it has started there; journeys stand in the middle of the alphabet, so
# that both cores end together.
SPREAD = -n auto --dist loadfile --no-loadscope-reorder

ifdef T
test: install-dev
	$(VENV)/bin/python -m pytest $(T)
else
test: install-dev lint
	$(VENV)/bin/python -m pytest $(SPREAD)
endif

prove: install-dev
	$(VENV)/bin/python -m pytest $(SPREAD) -m proof

lint: install-dev
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ty check

install: $(VENV)/.installed

install-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# The lock files are made anew from the .in files: versions stay, unless `make lock UPGRADE=--upgrade` or
# `UPGRADE='--upgrade-package NAME'` asks for newer ones.
lock:
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	$(PYTHON) -m venv "$$folder" && \
	"$$folder/bin/python" -m pip install --quiet --disable-pip-version-check uv==0.13.9 && \
	for list in requirements requirements-dev; do \
		"$$folder/bin/uv" pip compile --quiet --universal --generate-hashes --python-version 3.11 \
			--custom-compile-command "make lock" $(UPGRADE) "$$list.in" -o "$$list.txt" || exit 1; \
	done

SBOM ?= sbom.json

# From the lock file alone, so without the internet; the same list gives the same file. A lock does not say what needs
# what, of which the tool would warn each time.
sbom: install-dev
	@$(VENV)/bin/python -W 'ignore:The Component this BOM:UserWarning' -m cyclonedx_py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --of JSON -o $(SBOM)

help:
	@echo 'make run          installs, makes the database at the first start, serves on $(ADDRESS):$(PORT)'
	@echo 'make demo         the same with made-up data, in a database of its own'
	@echo 'make test         checks formatting, lint and types, runs the tests; T=FILE runs that file alone'
	@echo 'make prove        runs the long proofs'
	@echo 'make lint         checks formatting, lint and types'
	@echo 'make install      installs what the program needs into $(VENV)'
	@echo 'make install-dev  installs what tests and tools need too'
	@echo 'make lock         makes requirements*.txt anew, with hashes; UPGRADE=--upgrade for newer versions'
	@echo 'make sbom         lists what the program installs, with versions and hashes, in sbom.json (CycloneDX)'
	@echo 'make help         this list'
