"""The starter pack that ships with the product: its case files, links and vectors."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from renzhi.graph.model import Bundle, Fact, Work
from renzhi.ingest_docs.case_bundle import case_bundle
from renzhi.ingest_docs.case_file import parse_case
from renzhi.ingest_docs.links import load_links
from renzhi.ontology.model import Vocabulary


def pack_folder() -> Path:
    """Where the pack lies, installed or in a checkout."""
    return Path(str(resources.files("renzhi.knowledge")))


@dataclass(frozen=True, slots=True)
class PackCase:
    """A case file of the pack, read only when it is wanted."""

    document: str
    """`case:<slug>`."""
    sha256: str
    path: Path

    def bundle(self, vocabulary: Vocabulary, *, who: str) -> Bundle:
        """What the case brings; raises `InvalidCase` naming file and line."""
        case = parse_case(self.path.read_text(encoding="utf-8"), name=self.path.name)
        return case_bundle(case, vocabulary=vocabulary, name=self.path.name, sha256=self.sha256, who=who)


def pack_cases() -> Iterator[PackCase]:
    """The pack's cases, by file name."""
    for path in sorted((pack_folder() / "cases").glob("*.yaml")):
        yield PackCase(f"case:{path.stem}", hashlib.sha256(path.read_bytes()).hexdigest(), path)


def pack_links(vocabulary: Vocabulary, *, who: str) -> tuple[list[Fact], list[Work]]:
    """The pack's general facts with the works they rest on."""
    return load_links(pack_folder(), vocabulary, who=who)


def vectors_file(embedder: str) -> Path:
    """The file of an embedder's shipped vectors; it need not exist."""
    return pack_folder() / "vectors" / f"{embedder}.npz"
