"""Refs: random identifiers of 128 bits, as 32 hex digits. They tell nothing about a person and cannot be guessed."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from typing import Annotated

from pydantic import StringConstraints

Ref = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
PersonRef = Ref
HouseholdRef = Ref
HandoverRef = Ref
LineRef = Ref
CaseRef = Ref
StaffRef = Ref
OrganisationRef = Ref

Draw = Callable[[], str]


class Subject(str):
    """`kind/ref`, such as `case/5f…`: names a stream, the key of sealed values, and what somebody works on."""

    __slots__ = ()

    def __new__(cls, kind: str, ref: str) -> "Subject":
        return super().__new__(cls, f"{kind}/{ref}")

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override] # a plain string has one part
        """What a copy is made of."""
        kind, _, ref = self.partition("/")
        return kind, ref


_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_REF = re.compile(r"[0-9a-f]{32}")


def ref_in(text: str) -> str | None:
    """The ref that a text is, written plainly or as a UUID; None where it is none."""
    if _REF.fullmatch(text):
        return text
    return text.replace("-", "") if _UUID.fullmatch(text) else None


_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def random_ref() -> str:
    """A new ref from the operating system's randomness."""
    return secrets.token_hex(16)


def derived_ref(secret: bytes, *parts: str) -> str:
    """The same ref for the same parts, unguessable without the service's secret: repetition finds its fact."""
    return hmac.new(secret, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()[:32]


def pseudonym(kind: str, name: str) -> str:
    """A stable ref for the readable name of an invented person or organisation. Not a secret: for practice only."""
    return hashlib.sha256(f"homeward-development:{kind}:{name}".encode()).hexdigest()[:32]


def case_number(ref: str) -> str:
    """Readable, random and checked: nine symbols of the ref's digest and one check symbol, `XXX-XXX-XXXC`.

    Not reversible to the ref.
    The check symbol catches every single wrong symbol and every swap of two (weighted sum, modulo 31).
    """
    number = int.from_bytes(hashlib.sha256(f"case-number:{ref}".encode()).digest()[:8], "big")
    symbols = ""
    for _ in range(9):
        number, digit = divmod(number, len(_ALPHABET))
        symbols += _ALPHABET[digit]
    check = sum((place + 1) * _ALPHABET.index(mark) for place, mark in enumerate(symbols)) % len(_ALPHABET)
    return f"{symbols[:3]}-{symbols[3:6]}-{symbols[6:]}{_ALPHABET[check]}"
