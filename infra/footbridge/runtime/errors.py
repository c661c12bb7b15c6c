"""Failures that a person can act on: a class each, with a code for programs and a message for people."""

import traceback
from typing import ClassVar


class FootbridgeError(Exception):
    """A refusal, not a fault: shown to the person, never logged as an error."""

    code: ClassVar[str] = "REFUSED"

    @property
    def message(self) -> str:
        return str(self)


class NotFound(FootbridgeError):
    """The same for a missing row and for a row of another tenant."""

    code = "NOT_FOUND"

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what} here.")


class NotPermitted(FootbridgeError):
    code = "NOT_PERMITTED"


class InvalidInput(FootbridgeError):
    """A value that cannot be taken as it stands; the message says which, and what was expected."""

    code = "INVALID_INPUT"


def without_content(error: BaseException) -> str:
    """Its kinds, the database's own code and constraint, and where it happened: never its words.

    The words of an error may hold a person's: PostgreSQL's detail repeats the row that failed.
    """
    kinds = []
    cause: BaseException | None = error
    while cause is not None:
        told = [str(getattr(cause, name, None) or "") for name in ("sqlstate", "constraint_name")]
        kinds.append(" ".join([type(cause).__name__, *filter(None, told)]))
        cause = cause.__cause__ or getattr(cause, "orig", None)
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{' <- '.join(kinds)}\n{frames}"
