"""Recognises the same request again, by a keyed digest of the whole command, less what the server sets.

Two places store such digests: the store of idempotency keys, for any request, and the row of a thing, for the command
that created it under its ref. A digest is keyed, so nothing of the content can be read back or guessed from it.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping

from pydantic import BaseModel

from shared.auth.caller import Caller

SET_BY_SERVER = frozenset({"ref"})
"""A ref that the client left out was drawn by the server."""
_ENCODE = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


def digest_of(secret: bytes, command: BaseModel | None, path: Mapping[str, object]) -> str:
    """A keyed digest of a request: of its body and of what its path says."""
    body = {} if command is None else command.model_dump(mode="json")
    return _digest(secret, [body, {name: str(value) for name, value in path.items()}])


def key_digest(secret: bytes, key: str | None) -> str | None:
    """An Idempotency-Key as it is stored: what a caller puts into one is the caller's own."""
    return None if key is None else _keyed(secret, f"idempotency-key:{key}")


def remembered_for(caller: Caller) -> str:
    """Under whom an answer is remembered: one person, for one organisation."""
    return f"{caller.staff_ref}/{caller.organisation_ref}"


def content_of(secret: bytes, command: BaseModel, under: str = "") -> tuple[str, str]:
    """A creating command as its thing remembers it: its name, and a keyed digest of its content and its place."""
    name = type(command).__name__
    return name, _digest(secret, [name, under, command.model_dump(mode="json", exclude=set(SET_BY_SERVER))])


def _digest(secret: bytes, content: object) -> str:
    return _keyed(secret, _ENCODE(content))


def _keyed(secret: bytes, text: str) -> str:
    # Not `hmac.digest`: it lets go of the interpreter for a few bytes too, and then waits for the writing thread.
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
