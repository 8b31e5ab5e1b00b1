PORT ?= 8501
ADDRESS ?= 127.0.0.1
VENV ?= .venv
PYTHON ?= python3

.PHONY: run demo test lint install install-dev

run: install
	$(VENV)/bin/streamlit run app.py --server.port $(PORT) --server.address $(ADDRESS)

demo: install
	CMI_DEMO=true $(VENV)/bin/python -m cmi_core demonstration make
	CMI_DEMO=true $(VENV)/bin/streamlit run app.py --server.port $(PORT) --server.address $(ADDRESS)

test: install-dev lint
	$(VENV)/bin/python -m pytest -n auto --dist loadfile

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
