"""What referrals does of itself, later and in units of its own: with the case opens a plan, with the return the visits.

A deadline that finds its visit still waiting asks for attention, which is how a missed visit reaches people.
"""

from services.referrals.followups import handlers as followups
from services.referrals.followups import schedule
from services.referrals.followups import state as visits
from services.referrals.plans import handlers as plans
from services.referrals.plans.commands import OpenPlan
from services.referrals.service_referrals import handlers as requests
from services.referrals.service_referrals.commands import ExpireServiceReferral
from shared.auth import SYSTEM
from shared.clock import local_day
from shared.contracts import intake, referrals
from shared.erasing.doing import Destroyed
from shared.journey.todos import Attention, Heard, Reactions, Todo
from shared.writing import forgetting
from shared.writing.leaving import NOBODY, called
from shared.writing.unit import Unit

REACTIONS = Reactions()


@REACTIONS.on(intake.CaseOpened)
def open_plan(unit: Unit, event: Heard[intake.CaseOpened]) -> None:
    """Help does not wait for a finding: the plan opens with the case."""
    ref = unit.derive(event.cause, "open_plan")
    plans.PLANS.carry_out(unit, SYSTEM, OpenPlan(case_ref=event.data.case_ref), ref=ref)


@REACTIONS.on(intake.CaseVoided)
def void_plan(unit: Unit, event: Heard[intake.CaseVoided]) -> None:
    """A case entered in error never had a plan."""
    plans.void_plans(unit, event.data.case_ref, event.data.reason)


@REACTIONS.on(intake.StayHandedOver, intake.StayDeparted)
def plan_visits(unit: Unit, event: Heard[intake.StayHandedOver | intake.StayDeparted]) -> None:
    """Somebody came home: the visits are planned from that day."""
    followups.plan_schedule(unit, event.data.case_ref)


@REACTIONS.on(intake.ConsentWithdrawn, intake.ConsentExpired, intake.ConsentVoided)
def take_back_requests(
    unit: Unit, event: Heard[intake.ConsentWithdrawn | intake.ConsentExpired | intake.ConsentVoided]
) -> Attention | None:
    """Nothing more may be shared: what nobody has accepted yet is taken back, and who gives help is to know.

    People are called where help goes on, since the person is to be asked again.
    """
    about = event.data
    if about.purpose is not intake.ConsentPurpose.SHARE or about.organisation_ref is None:
        return None
    goes_on = requests.end_sharing(unit, about.case_ref, about.organisation_ref)
    return Attention("sharing_ended_in_help") if goes_on else None


@REACTIONS.on(referrals.FollowupMissed)
def look_for_the_home(_unit: Unit, event: Heard[referrals.FollowupMissed]) -> Attention | None:
    """Missed twice in a row: people must know, not only the list of visits."""
    return Attention("home_trace_needed") if schedule.asks_for_tracing(event.data.in_a_row) else None


@REACTIONS.on(referrals.StaffLeft)
def let_go(unit: Unit, event: Heard[referrals.StaffLeft]) -> None:
    """Whoever left the organisation works on none of its plans."""
    plans.let_go(unit, event.data.staff_ref, event.data.organisation_ref)


@REACTIONS.due(NOBODY)
def call_for_somebody(unit: Unit, todo: Todo) -> Attention | None:
    """Everybody who worked on a plan has left; the rule looks again, since somebody may be named."""
    return called(plans.deserted(unit, todo.ref()))


@REACTIONS.due("followup_overdue")
def followup_overdue(unit: Unit, todo: Todo) -> Attention | None:
    """The window of a visit has passed."""
    state = followups.check_overdue(unit, todo.ref())
    overdue = visits.timing(state, local_day(unit.now)) is visits.Timing.OVERDUE
    return Attention("followup_overdue") if overdue else None


@REACTIONS.due("service_referral_expires")
def service_referral_expires(unit: Unit, todo: Todo) -> None:
    """The day to answer a request has passed."""
    requests.REQUESTS.carry_out(unit, SYSTEM, ExpireServiceReferral(), ref=todo.ref())


@REACTIONS.due("withdrawal_unacknowledged")
def withdrawal_unacknowledged(unit: Unit, todo: Todo) -> Attention | None:
    """A provider has not said in time that it knows: people of the house call there."""
    return Attention("withdrawal_unacknowledged") if requests.unacknowledged(unit, todo.ref()) else None


@REACTIONS.on(intake.CaseErased, forgets=forgetting.case)
def forget_case(unit: Unit, event: Heard[intake.CaseErased], destroyed: Destroyed) -> None:
    """The person was forgotten: what is sealed of the case is destroyed here as well, and that is told."""
    rows = forgetting.carried_out(unit, destroyed, event.subject)
    told = {"case_ref": event.data.case_ref, "erasure_ref": event.data.erasure_ref}
    unit.tell(referrals.CaseErasureConfirmed(**told, rows=rows, keys=destroyed.keys))
