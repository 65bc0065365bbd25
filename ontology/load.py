"""Loads the vocabulary: from the Turtle files once, afterwards from a JSON cache that needs no rdflib."""

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

from renzhi.ontology.lookup import find_concepts, short_label
from renzhi.ontology.model import Bilingual, Concept, Form, Relation, Vocabulary

__all__ = ["LOADER_VERSION", "TURTLE_FILES", "find_concepts", "load_vocabulary", "short_label"]

LOADER_VERSION = "1"
"""Part of the cache's key: raise it when the same Turtle is read differently or the cache is laid out anew."""
TURTLE_FILES = tuple(Path(__file__).with_name(name) for name in ("vocabulary.ttl", "forms.ttl", "relations.ttl"))


def load_vocabulary(*, cache_dir: Path | None = None) -> Vocabulary:
    """The vocabulary that this package ships.

    With `cache_dir` it is kept there as JSON, under a name made from the Turtle files and `LOADER_VERSION`. A cache
    that is broken or cannot be written costs time, never an error.
    """
    cache = cache_dir / f"vocabulary-{_key()}.json" if cache_dir else None
    if cache and (vocabulary := _read_cache(cache)):
        return vocabulary
    from renzhi.ontology.turtle_reader import read_turtle

    vocabulary = read_turtle(TURTLE_FILES)
    if cache:
        _write_cache(cache, vocabulary)
    return vocabulary


def _key() -> str:
    digest = hashlib.sha256(LOADER_VERSION.encode())
    for file in TURTLE_FILES:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _read_cache(path: Path) -> Vocabulary | None:
    try:
        return _unpack(json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return None


def _write_cache(path: Path, vocabulary: Vocabulary) -> None:
    """Readers see the old file or the whole new one."""
    text = json.dumps(_pack(vocabulary), ensure_ascii=False, separators=(",", ":"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError:
        return


def _pack(vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        "concepts": [asdict(concept) for concept in vocabulary.concepts.values()],
        "forms": [astuple(form) for form in vocabulary.forms],
        "relations": [
            asdict(relation)
            | {name: sorted(getattr(relation, name)) for name in ("subject_kinds", "object_kinds", "excluded")}
            for relation in vocabulary.relations.values()
        ],
    }


def _unpack(packed: dict[str, Any]) -> Vocabulary:
    return Vocabulary(
        concepts={row["id"]: _concept(row) for row in packed["concepts"]},
        forms=tuple(
            Form(concept, lang, text, use, tuple(cues), tuple(blockers))
            for concept, lang, text, use, cues, blockers in packed["forms"]
        ),
        relations={row["id"]: _relation(row) for row in packed["relations"]},
    )


def _concept(row: dict[str, Any]) -> Concept:
    lists = {name: tuple(row[name]) for name in ("dimensions", "scales", "hazards")}
    read = {
        "label": Bilingual(**row["label"]),
        "definition": Bilingual(**row["definition"]) if row["definition"] else None,
        "synonyms": {lang: tuple(texts) for lang, texts in row["synonyms"].items()},
    }
    return Concept(**(row | lists | read))


def _relation(row: dict[str, Any]) -> Relation:
    kinds = {name: frozenset(row[name]) for name in ("subject_kinds", "object_kinds")}
    excluded = frozenset((subject, object) for subject, object in row["excluded"])
    return Relation(**(row | kinds | {"label": Bilingual(**row["label"]), "excluded": excluded}))
