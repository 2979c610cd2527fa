"""Tokens for what is measured: signed by the development issuer's key, as whoever runs the product has one."""

from services.issuing.issuer import Issuing
from services.issuing.people import Person
from services.issuing.signing import signed_for
from shared.auth import Identify, Purpose, Role
from shared.settings import Settings

ASKER = Person("sok", "bavet", Role.INTERVIEWER, Purpose.SCREENING)


def identify(settings: Settings) -> Identify:
    """Callers by their tokens, as the embedded product recognises them."""
    return Issuing(settings, {ASKER.key: ASKER}).identify()


def shown(settings: Settings) -> str:
    """The header of the one who asks, for five minutes."""
    identify(settings)  # the issuer of this folder knows them from now on
    return f"Bearer {signed_for(settings, ASKER.key)}"
