"""Border gates: pairs of a Cambodian and a Vietnamese side, from the code list `border_gate`.

The gate stays the same while the province around its Vietnamese side changes, so always ask with a day.
"""

from dataclasses import dataclass
from datetime import date

from shared.codes.lists import lookup
from shared.codes.places.area import Area
from shared.codes.places.gazetteer import resolve

MERGED = date(2025, 7, 1)
"""Viet Nam's provinces were merged and some codes reused from this day on."""


@dataclass(frozen=True)
class GateSides:
    """The provinces on the two sides of a gate; None where a crossing is not known."""

    cambodian: Area | None
    vietnamese: Area | None


def gate_sides(gate: str, on: date) -> GateSides:
    """The provinces on the two sides of the gate on that day."""
    traits = lookup("border_gate")[gate].traits
    if "kh" not in traits:
        return GateSides(None, None)
    vietnamese = traits["vn_since_2025_07"] if on >= MERGED else traits["vn"]
    return GateSides(resolve("KH", traits["kh"], on), resolve("VN", vietnamese, on))
