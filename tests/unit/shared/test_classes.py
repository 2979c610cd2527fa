"""What is private is found by class, wherever it stands."""

from typing import Any

import pytest

from shared.classes import private_fields
from shared.model import C0, C1, C2, C3, C4, Model


class Phone(Model):
    number: C2[str]
    safe: bool = False


class Envelope(Model):
    where: C4[str | None] = None
    town: C1[str] = ""


class Everything(Model):
    system: C0[str] = ""
    words: C3[str] | None = None
    phone: Phone | None = None
    phones: tuple[Phone, ...] = ()
    either: Phone | Envelope | None = None
    town: C1[str] = ""


FULL = Everything(
    system="other",
    words="secret",
    phone=Phone(number="secret", safe=True),
    phones=(Phone(number="secret"), Phone(number="secret")),
    either=Envelope(where="secret", town="Bavet"),
    town="Svay Rieng",
)


@pytest.mark.parametrize(
    ("model", "private"),
    [
        (Phone, {"number": True}),
        (Envelope, {"where": True}),
        (
            Everything,
            {
                "words": True,
                "phone": {"number": True},
                "phones": {"__all__": {"number": True}},
                "either": {"number": True, "where": True},
            },
        ),
    ],
)
def test_private_fields_are_found_at_any_depth(model: type[Model], private: dict[str, Any]) -> None:
    assert private_fields(model) == private


def test_what_is_left_says_nothing_private() -> None:
    left = FULL.model_dump(exclude=private_fields(Everything))
    assert "secret" not in str(left)
    assert left["phones"] == ({"safe": False}, {"safe": False})
    assert (left["either"]["town"], left["town"], left["system"]) == ("Bavet", "Svay Rieng", "other")
