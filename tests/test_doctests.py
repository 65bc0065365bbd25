"""The examples in docstrings hold."""

import doctest
import importlib

import pytest

MODULES = ["graph.model", "graph.tokens", "ontology.model", "rag.draft", "rag.holdings", "rag.titles", "rag.verify", "rag.wording"]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"renzhi.{name}"))
    assert result.attempted and not result.failed
