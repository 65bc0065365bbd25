"""How like the names of measures are to a question: it orders measures, and is never evidence."""

from renzhi.graph.model import Lang
from renzhi.ontology.model import Vocabulary
from renzhi.rag.holdings import Holdings
from renzhi.rag.model import Embedder, Vectors
from renzhi.rag.question import Question

_KEPT: dict[tuple[str, str, Lang], tuple[list[str], Vectors]] = {}


def measure_likeness(question: Question, holdings: Holdings, embedder: Embedder) -> dict[str, float]:
    """Cosine of the question and the label of each measure in its language, by concept."""
    concepts, rows = _labels(holdings.vocabulary, question.lang, embedder)
    cosines = rows @ embedder.embed([question.text], input_type="query")[0]
    return {concept: float(cosine) for concept, cosine in zip(concepts, cosines, strict=True)}


def _labels(vocabulary: Vocabulary, lang: Lang, embedder: Embedder) -> tuple[list[str], Vectors]:
    """The measures and the vectors of their labels, made once a vocabulary."""
    measures = [c for c in vocabulary.concepts.values() if c.id.startswith("mea:")]
    key = (embedder.name, "|".join(c.label.get(lang) for c in measures), lang)
    if key not in _KEPT:
        _KEPT[key] = [c.id for c in measures], embedder.embed([c.label.get(lang) for c in measures], input_type="document")
    return _KEPT[key]
