"""Answers that a test expects to be a success."""

from typing import Any

import httpx


def ok(answer: httpx.Response) -> dict[str, Any]:
    """The body of an answer that must be a success."""
    assert answer.is_success, answer.text
    body: dict[str, Any] = answer.json()
    return body
