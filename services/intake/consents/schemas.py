"""What a reader of a consent sees: what was agreed to, for whom, until when, and how."""

from services.intake.consents.state import Consent
from shared.model import C2, Name
from shared.reading.answers import Read


class ConsentRead(Consent, Read):
    """A consent."""

    witness: C2[Name | None] = None
