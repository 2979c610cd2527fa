"""A programme and its budget: how money changes its standing, told in bands."""

from typing import ClassVar

from shared.contracts.grants.terms import Currency, VoidReason
from shared.contracts.leaves import Day, MoneyBand
from shared.ids import OrganisationRef, Ref
from shared.model import Event


class ProgrammeFact(Event):
    """Something about a programme and its budget."""

    stream: ClassVar[str] = "programme"
    programme_ref: Ref


class ProgrammeOpened(ProgrammeFact):
    """A programme can give grants."""

    type: ClassVar[str] = "grants.programme.opened.v1"
    organisation_ref: OrganisationRef
    currency: Currency
    day: Day


class ProgrammeClosed(ProgrammeFact):
    """The programme approves no further grant; what was promised is still paid."""

    type: ClassVar[str] = "grants.programme.closed.v1"
    day: Day


class ProgrammeCorrected(ProgrammeFact):
    """What was recorded of the programme or its budget was wrong or was changed by its funder."""

    type: ClassVar[str] = "grants.programme.corrected.v1"


class ProgrammeVoided(ProgrammeFact):
    """The programme was entered in error."""

    type: ClassVar[str] = "grants.programme.voided.v1"
    reason: VoidReason


class FundsFact(ProgrammeFact):
    """Money of the budget changed its standing for one application."""

    application_ref: Ref
    money_band: MoneyBand


class FundsReserved(FundsFact):
    """Money was set aside when an application was approved."""

    type: ClassVar[str] = "grants.programme.funds_reserved.v1"


class FundsCommitted(FundsFact):
    """Money was promised when the agreement was signed."""

    type: ClassVar[str] = "grants.programme.funds_committed.v1"


class FundsSpent(FundsFact):
    """Money was handed over."""

    type: ClassVar[str] = "grants.programme.funds_spent.v1"


class FundsReleased(FundsFact):
    """Money that was set aside or promised is free again."""

    type: ClassVar[str] = "grants.programme.funds_released.v1"
