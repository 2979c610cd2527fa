"""The fact that referrals forgot a case."""

from typing import ClassVar

from shared.contracts.leaves import ErasureConfirmed


class CaseErasureConfirmed(ErasureConfirmed):
    """Referrals destroyed what it had of a case: rows emptied, keys destroyed."""

    type: ClassVar[str] = "referrals.case.erasure_confirmed.v1"
