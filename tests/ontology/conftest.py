import pytest

from renzhi.ontology.load import load_vocabulary
from renzhi.ontology.model import Vocabulary
from renzhi.ontology.recognise import Recogniser


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture(scope="session")
def recogniser(vocabulary: Vocabulary) -> Recogniser:
    return Recogniser(vocabulary)
