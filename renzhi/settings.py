"""The settings of one run: read once in `main`, handed down as arguments."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_HOME = Path("renzhi-data")
DEFAULT_PORT = 8501
DEFAULT_EMBEDDERS = "use,e5"


@dataclass(frozen=True, slots=True)
class Settings:
    home: Path = DEFAULT_HOME
    """Folder of the knowledge base (`RENZHI_HOME`, `--home`)."""
    graph: str = "sqlite"
    """Where facts are kept (`RENZHI_GRAPH`, `--graph`): `sqlite`, the embedded store."""
    embedders: str = DEFAULT_EMBEDDERS
    """Whose vectors are searched (`RENZHI_EMBEDDERS`), the quick one first, with commas between: `use`, `e5`, or `st:` and
    the folder or the installed package of a sentence-transformers model. A base remembers them."""
    reviewer: str | None = None
    """Default name for decisions (`RENZHI_REVIEWER`); asked once where it is not set."""


def read_settings(environ: Mapping[str, str], *, home: str | None = None, graph: str | None = None) -> Settings:
    """The settings of the environment, what a command line gives taking precedence."""
    return Settings(
        home=Path(home or environ.get("RENZHI_HOME") or DEFAULT_HOME).expanduser(),
        graph=graph or environ.get("RENZHI_GRAPH") or "sqlite",
        embedders=environ.get("RENZHI_EMBEDDERS") or DEFAULT_EMBEDDERS,
        reviewer=environ.get("RENZHI_REVIEWER") or None,
    )
