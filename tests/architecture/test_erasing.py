"""Every sealed column says by hand how an order to forget somebody reaches it: one that nobody thought of is red."""

from importlib import import_module

from services import SERVICES
from shared.storage.tables import SealedColumn, all_sealed

CASE = "by the key of the case, which each service destroys"
OWN = "through the case that its row names, since it is sealed under itself"
PERSON = "by the key of the person, in intake alone"
LINE = "by the key of each line that the person or a case names"
NEVER = "no: it is about staff or an organisation, not about who came home"

REACHED = {
    "intake.case_file.elsewhere": CASE,
    "intake.consent.witness": CASE,
    "intake.glass.words": CASE,
    "intake.line.as_received": LINE,
    "intake.line.remarks": LINE,
    "intake.person.identity": PERSON,
    "intake.stay.bed": CASE,
    "screening.answer.said": CASE,
    "screening.best_interests.grounds": CASE,
    "screening.determination.found": CASE,
    "screening.determination.suggestion": CASE,
    "screening.official_finding.found": OWN,
    "referrals.followup.note": CASE,
    "referrals.goal.note": CASE,
    "referrals.organisation.contact": NEVER,
    "referrals.proposal.called": NEVER,
    "referrals.service_referral.note": CASE,
    "referrals.staff.name": NEVER,
    "referrals.steward.called": NEVER,
    "grants.application.notes": CASE,
    "grants.business_visit.notes": CASE,
}


def way(column: SealedColumn, names_case: bool) -> str:
    """How `shared.erasing.reaching` comes to a column, by what it is sealed under."""
    if column.kind in ("staff", "steward", "organisation"):
        return NEVER
    return {"case": CASE, "person": PERSON, "line": LINE}.get(column.kind) or (OWN if names_case else "not at all")


def test_every_sealed_column_is_reached_as_the_table_says() -> None:
    found = {
        f"{name}.{table.name}.{column}": way(sealed, "case_ref" in table.c)
        for name in SERVICES
        for table, column, sealed in all_sealed(import_module(f"services.{name}.app").SERVICE.ledger.stream.metadata)
    }
    assert found == REACHED
