PORT ?= 8501
ADDRESS ?= 127.0.0.1
VENV ?= .venv
PYTHON ?= python3

.PHONY: run demo test lint install install-dev

# The server, not a shell around it, gets Ctrl-C and whatever a supervisor sends.
SERVE = $(VENV)/bin/python -m cmi_core place $(ADDRESS) $(PORT) && \
	exec $(VENV)/bin/python -m streamlit run app.py --server.port $(PORT) --server.address $(ADDRESS)

run: install
	@$(SERVE)

demo: install
	@CMI_DEMO=true $(VENV)/bin/python -m cmi_core demonstration make
	@export CMI_DEMO=true; $(SERVE)

test: install-dev lint
	$(VENV)/bin/python -m pytest -n auto --dist loadgroup

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
