"""How every service hears of the register of staff: no facet changes, only whose parts count (`parts.py`).

Declare `LEAVING` in a `journey.py` as the facet of the organisations of the service that keeps the register, unless it
has a facet of them already; then take `STEPS` into that.
"""

from typing import TypeVar

from shared.contracts import referrals
from shared.journey import Facet, Step
from shared.model import Event, Model

F = TypeVar("F", bound=Model)


class Register(Model):
    """Nothing is kept of an organisation here: who left stands where parts stand."""


def _noted(facet: F, _: Event) -> F:
    return facet


STEPS: dict[type[Event], Step] = {referrals.StaffLeft: _noted, referrals.StaffReturned: _noted}
LEAVING = Facet(Register, STEPS)
