"""What a reader of the register of staff sees."""

from services.referrals.staff.state import Staff
from shared.model import C2, Name
from shared.reading.answers import Read


class StaffRead(Staff, Read):
    """Somebody who works for the reader's own organisation; the name where one entry alone is read."""

    name: C2[Name | None] = None
