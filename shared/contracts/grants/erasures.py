"""The fact that grants forgot a case."""

from typing import ClassVar

from shared.contracts.leaves import ErasureConfirmed


class CaseErasureConfirmed(ErasureConfirmed):
    """Grants destroyed what it had of a case: rows emptied, keys destroyed."""

    type: ClassVar[str] = "grants.case.erasure_confirmed.v1"
