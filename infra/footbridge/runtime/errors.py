"""Failures that a person can act on: a class each, with a code for programs and a message for people."""

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
