"""Tokens for what is measured: signed by the development issuer's key, as whoever runs the product has one."""

from collections.abc import Mapping

from services.issuing.app import Issuing
from services.issuing.people import Person
from services.issuing.signing import signed_for
from shared.auth import Identify, Purpose, Role
from shared.auth.bearer import Bearer
from shared.auth.tokens import Trust
from shared.settings import Settings

ASKER = Person("sok", "bavet", Role.INTERVIEWER, Purpose.SCREENING)


def identify(settings: Settings) -> Identify:
    """Callers by their tokens, as the embedded product recognises them."""
    issuer = Issuing(settings, people())
    return Bearer(issuer, Trust(issuer.address, settings.audience))


def people() -> Mapping[str, Person]:
    """Whom there is to sign in."""
    return {ASKER.key: ASKER}


def shown(settings: Settings) -> str:
    """The header of the one who asks, for five minutes."""
    return f"Bearer {signed_for(settings, ASKER.key)}"
