"""Who may receive a grant, and what must be there first.

Nothing here knows why somebody is entitled. Screening says that they are; a caregiver under suspicion is
a ref that intake named, and holds a grant alone only when a supervisor and social affairs both agreed.
"""

from services.grants.applications.state import Application, Facts, Signatory
from services.grants.programmes.state import Programme, ServiceCode
from shared.contracts.grants import Basis, Training
from shared.errors import Refused


def case_can_receive(facts: Facts) -> None:
    """The case is open and the person is not missing."""
    if not facts.standing.open:
        raise Refused("case_not_open")
    if facts.standing.missing:
        raise Refused("person_missing")


def agreed(facts: Facts) -> None:
    """The person agrees that papers about a grant are made and shown; asked anew at each step that shows them on."""
    if not facts.standing.consented:
        raise Refused("consent_missing")


def plan_can_be_judged(state: Application, facts: Facts) -> None:
    """No child works for it, its risks are named, and it asks for no more than the programme gives."""
    if not state.plan.without_child_labour:
        raise Refused("children_would_work")
    if not state.plan.risks:
        raise Refused("risks_not_named")
    if state.requested > facts.programme.terms.ceiling:
        raise Refused("over_the_ceiling")


def holder_can_receive(state: Application, facts: Facts) -> None:
    """Somebody who is not under suspicion is among the holders, or both signatures are there."""
    if not set(state.holders) <= facts.standing.implicated:
        return
    if {signed.signatory for signed in state.exceptions} != set(Signatory):
        raise Refused("holder_under_suspicion")


def entitled(basis: Basis, facts: Facts) -> None:
    """Screening published this entitlement, and it still stands."""
    if basis.value not in facts.standing.entitlements:
        raise Refused("not_entitled")


def training(programme: Programme, trained: frozenset[ServiceCode], waiver: str | None) -> Training:
    """How the gate of training was passed."""
    if trained & set(programme.terms.training):
        return Training.DONE
    if waiver is None:
        raise Refused("training_missing")
    return Training.WAIVED


def may_receive(state: Application, basis: Basis, facts: Facts) -> None:
    """Everything that must hold when eligibility is checked, and still hold when the grant is approved and signed."""
    case_can_receive(facts)
    entitled(basis, facts)
    agreed(facts)
    if not facts.standing.planned:
        raise Refused("plan_goal_missing")
    holder_can_receive(state, facts)
    if facts.household_busy:
        raise Refused("household_has_a_grant")
