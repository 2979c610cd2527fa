"""Why an operator set a record aside. Apart from the work, so that a command can name them before it loads that."""

from enum import StrEnum


class Reason(StrEnum):
    """Why something was set aside. Codes, so that nobody writes a name into a log of the bus."""

    NOT_OURS = "NOT_OURS"
    """None of our services wrote it."""
    DAMAGED = "DAMAGED"
    """It cannot be read, and nobody can send it again."""
    RECORDED_AGAIN = "RECORDED_AGAIN"
    """What it said was recorded anew."""
    TEST = "TEST"
    """Somebody tried something out."""
