"""Authorities of both countries with the days they existed and their successors.

A name on an old paper stays right: a referral of 2015 shows DOLISA Long An. Ask `resolve` for the authority to write to
today.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from types import MappingProxyType

from shared.codes.lists import Language, lookup


@dataclass(frozen=True)
class Authority:
    """A body for the time it existed; `valid_to` is its last day, no `valid_from` means longer than we look back."""

    code: str
    country: str
    kind: str
    names: Mapping[str, str]
    province: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None

    def holds_on(self, day: date) -> bool:
        """Did it exist on that day?"""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


def read(text: str) -> Mapping[str, Authority]:
    """The authorities in the text of a TOML file, each with a successor that exists."""
    found = {}
    for code, written in tomllib.loads(text).items():
        names = {str(language): written.pop(language) for language in Language}
        found[code] = Authority(code, names=names, **written)
    for authority in found.values():
        if authority.kind not in lookup("organisation_kind") or authority.country not in lookup("country"):
            raise ValueError(f"authority {authority.code} has no such kind or country")
        if authority.successor is not None and (authority.successor not in found or authority.valid_to is None):
            raise ValueError(f"authority {authority.code} has an unknown successor or no last day")
    return MappingProxyType(found)


_AUTHORITIES = read(files("shared.codes").joinpath("authorities.toml").read_text(encoding="utf-8"))


def authorities() -> tuple[Authority, ...]:
    """All of them, those of the past too."""
    return tuple(_AUTHORITIES.values())


def resolve(code: str, on: date) -> Authority | None:
    """Who does that authority's work on that day: itself, or whoever took it over. None before it existed."""
    authority = _AUTHORITIES.get(code)
    while authority is not None and authority.valid_to is not None and on > authority.valid_to:
        authority = _AUTHORITIES.get(authority.successor or "")
    return authority if authority is not None and authority.holds_on(on) else None
