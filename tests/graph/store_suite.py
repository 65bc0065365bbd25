"""What every graph store has to do: an adapter's tests inherit `StoreSuite` and give it three fixtures.

`fresh()` makes a new empty base and returns a handle on it, `again(store)` opens a second handle on the same base, and
`tamper(store)` rewrites the `who` of the second ledger entry behind the store's back.
"""

import pytest
from store_documents_suite import (
    Decisions,
    Documents,
    FactsOfDocuments,
    Fresh,
    Links,
    NothingHalfWritten,
    StateOfTheBase,
    TheLedger,
    lines,
    only,
)
from store_index_suite import Dense, Lexical, Properties, SeveralAtOnce

from renzhi.graph.store import GraphStore

__all__ = ["StoreSuite", "lines", "only"]


class StoreSuite(StateOfTheBase, Documents, NothingHalfWritten, FactsOfDocuments, Links, Decisions, TheLedger, Lexical,
                 Dense, SeveralAtOnce, Properties):
    """The whole of it."""

    @pytest.fixture
    def store(self, fresh: Fresh) -> GraphStore:
        return fresh()
