"""The fact that screening forgot a case."""

from typing import ClassVar

from shared.contracts.leaves import ErasureConfirmed


class CaseErasureConfirmed(ErasureConfirmed):
    """Screening destroyed what it had of a case: rows emptied, keys destroyed."""

    type: ClassVar[str] = "screening.case.erasure_confirmed.v1"
