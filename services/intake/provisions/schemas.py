"""What a reader of a provision sees."""

from services.intake.provisions.state import Provision
from shared.reading.answers import Read


class ProvisionRead(Provision, Read):
    """Something given on a day."""
