"""What the service answers when it cannot do as asked: a status and one plain sentence, as an
OperationOutcome.
"""

from __future__ import annotations

from typing import Any

from cds_service.protocol.plain_text import make_plain


class Problem(Exception):
    """A refusal that the client can understand: the HTTP status, the FHIR issue code, and a
    sentence without patient data.
    """

    def __init__(
        self, status: int, code: str, text: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.headers = headers or {}


def bad_request(where: str, found: str, expected: str) -> Problem:
    """Return the 400 that names the place, what stood there and what should."""
    return Problem(400, "invalid", f"{where}: found {found}, expected {expected}.")


def operation_outcome(code: str, text: str) -> dict[str, Any]:
    """Return the OperationOutcome body of a refusal, on one line of visible characters (R72)."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": code, "diagnostics": make_plain(text)}],
    }


def kind_of(value: object) -> str:
    """Name the JSON type of a value without showing the value."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "a string" if value.strip() else "a blank string" if value else "an empty string"
        case list():
            return "an array"
        case dict():
            return "an object"
        case _:
            return "a number"
