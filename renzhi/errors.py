"""Every error a user can meet, with a sentence in both languages that says what to do.

    RenzhiError
    ├── UsageError          wrong use of a command or page           exit 2
    └── Failure             something asked for could not be done    exit 1
        ├── NotFound        no such document, case, concept or fact
        ├── Unreadable      a file that cannot be read as what it claims to be
        ├── InvalidCase     a case file that breaks its format
        ├── Conflict        what was decided on has changed meanwhile
        ├── StoreError      the knowledge base cannot be opened or written
        └── MissingExtra    a heavy package that is an extra of this one
"""

from typing import ClassVar


class RenzhiError(Exception):
    """A failure with a stable `code` and a message in Chinese and English; `str()` is the English one."""

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en

    def message(self, lang: str) -> str:
        """The sentence in `lang` ("zh" or "en")."""
        return self.zh if lang == "zh" else self.en


class UsageError(RenzhiError):
    code = "usage"
    exit_status = 2


class Failure(RenzhiError):
    code = "failed"


class NotFound(Failure):
    code = "not_found"


class Unreadable(Failure):
    code = "unreadable"


class InvalidCase(Failure):
    code = "invalid_case"


class Conflict(Failure):
    code = "conflict"


class StoreError(Failure):
    code = "store"


class MissingExtra(Failure):
    code = "missing_extra"
