"""Receipts: what shows how an instalment was used, and what stands in when there is none.

The surprise: no supplier's or witness's name is kept. The paper stays in the file; here are its kind, day and amount.
"""

from collections.abc import Iterable
from enum import StrEnum

from services.grants.programmes.money import Conversion, Positive
from shared.contracts.grants import Currency
from shared.contracts.leaves import Day
from shared.errors import Refused
from shared.ids import Ref, StaffRef
from shared.model import C1, Model


class ReceiptKind(StrEnum):
    """What the paper is."""

    RECEIPT = "RECEIPT"
    INVOICE = "INVOICE"
    GOODS_RECEIVED_NOTE = "GOODS_RECEIVED_NOTE"
    WITNESS_STATEMENT = "WITNESS_STATEMENT"
    MONEY_RETURNED = "MONEY_RETURNED"


class Witness(StrEnum):
    """Who may state that something was bought when the receipt is missing."""

    VILLAGE_CHIEF = "VILLAGE_CHIEF"
    COMMUNE_COUNCIL = "COMMUNE_COUNCIL"
    GROUP_LEADER = "GROUP_LEADER"


class Receipt(Model):
    """One piece of evidence, with what it was worth in the currency of the grant."""

    receipt_ref: Ref
    kind: ReceiptKind
    witness: Witness | None = None
    amount: C1[Positive]
    currency: Currency
    worth: C1[int]
    conversion: Conversion | None = None
    day: Day
    added_by: StaffRef
    struck: bool = False


def witnessed(kind: ReceiptKind, witness: Witness | None) -> None:
    """A missing receipt needs a witness of a named kind, and only a missing one has any."""
    if (kind is ReceiptKind.WITNESS_STATEMENT) is not (witness is not None):
        raise Refused("witness_missing" if witness is None else "witness_not_needed")


def worth(receipts: Iterable[Receipt]) -> int:
    """What the receipts that count add up to."""
    return sum(receipt.worth for receipt in receipts if not receipt.struck)


def covers(evidence: int, amount: int, percent: int) -> bool:
    """Does the evidence reach that part of the amount?"""
    return evidence * 100 >= amount * percent
