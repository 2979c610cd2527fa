"""Why a backup is put back without the ledger of erasures. Apart from the work, so that a command can name them."""

from enum import StrEnum


class LedgerLost(StrEnum):
    """What is stated, and kept in the audit. Codes, so that nobody writes a name there."""

    NEVER_KEPT = "NEVER_KEPT"
    """The backup is from before there was one."""
    DESTROYED = "DESTROYED"
    """It was lost, with every copy of it. Whom orders had made forgotten since the backup may be back."""
