"""What intake does on hearing others: it answers for an age, and closes and reopens a case with its plan."""

from services.intake.access_requests.commands import LookForCase
from services.intake.access_requests.handlers import ACCESS_REQUESTS
from services.intake.c4_readings.commands import CloseC4Reading
from services.intake.c4_readings.handlers import C4_READINGS
from services.intake.cases import handlers as cases
from services.intake.cases.commands import CloseCase, EndAccess, EndTeam, EvaluateAge, ReopenCase
from services.intake.cases.handlers import CASES
from services.intake.consents.commands import ExpireConsent
from services.intake.consents.handlers import CONSENTS
from services.intake.disclosures import handlers as disclosures
from services.intake.erasures import handlers as erasures
from services.intake.erasures.commands import ConfirmErasure
from services.intake.erasures.handlers import ERASURES
from services.intake.glass import handlers as glass
from services.intake.glass.commands import CloseGlass
from services.intake.glass.handlers import GLASS
from shared.auth import SYSTEM
from shared.contracts import grants, intake, referrals, screening
from shared.contracts.leaves import ErasureConfirmed
from shared.erasing.doing import Destroyed
from shared.journey.todos import Attention, Heard, Reactions, Todo
from shared.writing import forgetting
from shared.writing.leaving import NOBODY, called
from shared.writing.unit import Unit

REACTIONS = Reactions()

Ended = screening.InterviewCompleted | screening.InterviewStopped | screening.InterviewCorrected


@REACTIONS.on(
    screening.InterviewCompleted,
    screening.InterviewStopped,
    screening.InterviewCorrected,
    opens=cases.person_of_case,
)
def evaluate_age(unit: Unit, event: Heard[Ended]) -> None:
    """Screening has no birth date: it says in which months, intake answers whether that was a child."""
    command = EvaluateAge(first_month=event.data.first_month, last_month=event.data.last_month)
    CASES.carry_out(unit, SYSTEM, command, ref=event.data.case_ref)


@REACTIONS.on(intake.PersonCorrected)
def evaluate_age_again(unit: Unit, event: Heard[intake.PersonCorrected]) -> None:
    """Better knowledge of a birth is a new answer for every case that was given one."""
    cases.evaluate_again(unit, event.data.person_ref)


@REACTIONS.on(referrals.PlanClosed)
def close_case(unit: Unit, event: Heard[referrals.PlanClosed]) -> None:
    """Referrals owns closure."""
    CASES.carry_out(unit, SYSTEM, CloseCase(), ref=event.data.case_ref)


@REACTIONS.on(referrals.PlanReopened)
def reopen_case(unit: Unit, event: Heard[referrals.PlanReopened]) -> None:
    """A plan that is worked on again is an open case."""
    CASES.carry_out(unit, SYSTEM, ReopenCase(), ref=event.data.case_ref)


@REACTIONS.on(referrals.ServiceReferralSent)
def remember_request(unit: Unit, event: Heard[referrals.ServiceReferralSent]) -> None:
    """Whoever accepts it may ask who it is about, and names the request alone."""
    disclosures.remember(unit, event.data.case_ref, event.data.service_referral_ref)


@REACTIONS.due("access_ends")
def end_access(unit: Unit, todo: Todo) -> None:
    """The last day of somebody's access is over; the rule looks again, since it may have been granted anew."""
    CASES.carry_out(unit, SYSTEM, EndAccess(), ref=todo.subject.removeprefix("case/"))


@REACTIONS.due("team_ends")
def end_team(unit: Unit, todo: Todo) -> None:
    """A case was closed a month ago; the rule looks again, since it may be open again."""
    CASES.carry_out(unit, SYSTEM, EndTeam(), ref=todo.subject.removeprefix("case/"))


@REACTIONS.on(referrals.StaffLeft)
def let_go(unit: Unit, event: Heard[referrals.StaffLeft]) -> None:
    """Whoever left the organisation works on none of its cases."""
    cases.let_go(unit, event.data.staff_ref, event.data.organisation_ref)


@REACTIONS.due(NOBODY)
def call_for_a_team(unit: Unit, todo: Todo) -> Attention | None:
    """Everybody of the holder who worked on a case has left; the rule looks again, since somebody may be named."""
    return called(cases.deserted(unit, todo.subject.removeprefix("case/")))


@REACTIONS.due("access_asked")
def look_for_case(unit: Unit, todo: Todo) -> None:
    """Whether there is a case of that number is looked up later, and apart from whoever asked."""
    ACCESS_REQUESTS.carry_out(unit, SYSTEM, LookForCase(), ref=todo.subject.removeprefix("access_request/"))


@REACTIONS.on(intake.CaseGlassBroken)
def glass_tells_owner(_unit: Unit, _event: Heard[intake.CaseGlassBroken]) -> Attention:
    """Whoever answers for the case hears of it at once."""
    return Attention("glass_broken")


@REACTIONS.on(intake.CaseGlassBroken)
def glass_tells_privacy_officer(_unit: Unit, _event: Heard[intake.CaseGlassBroken]) -> Attention:
    """And so does the privacy officer."""
    return Attention("glass_broken")


@REACTIONS.on(intake.ConsentGranted)
def exception_tells_owner(_unit: Unit, event: Heard[intake.ConsentGranted]) -> Attention | None:
    """One person alone said that a law asks for no consent: whoever answers for the case hears of it at once."""
    return Attention("consent_exception") if event.data.exception else None


@REACTIONS.on(intake.ConsentGranted)
def exception_tells_privacy_officer(_unit: Unit, event: Heard[intake.ConsentGranted]) -> Attention | None:
    """And so does the privacy officer."""
    return Attention("consent_exception") if event.data.exception else None


@REACTIONS.due("glass_over")
def close_glass(unit: Unit, todo: Todo) -> None:
    """Its hour is over. It opened nothing since then, however late this comes."""
    GLASS.carry_out(unit, SYSTEM, CloseGlass(), ref=todo.ref("glass_ref"))


@REACTIONS.due("c4_reading_over")
def close_reading(unit: Unit, todo: Todo) -> None:
    """Its hour is over. It opened nothing since then, however late this comes."""
    C4_READINGS.carry_out(unit, SYSTEM, CloseC4Reading(), ref=todo.ref("reading_ref"))


@REACTIONS.due("glass_unreviewed")
def call_for_review(unit: Unit, todo: Todo) -> Attention | None:
    """The working days for its review are over."""
    return Attention("glass_unreviewed") if glass.waits(unit, todo.ref("glass_ref")) else None


@REACTIONS.due("consent_expires")
def expire_consent(unit: Unit, todo: Todo) -> None:
    """The last day of a consent is over; the rule looks again, since it may have been corrected meanwhile."""
    CONSENTS.carry_out(unit, SYSTEM, ExpireConsent(), ref=todo.ref("consent_ref"))


@REACTIONS.on(intake.CaseErased, forgets=forgetting.case)
def forget_case(unit: Unit, event: Heard[intake.CaseErased], destroyed: Destroyed) -> None:
    """The person is forgotten: what is sealed of the case is destroyed, and that is told."""
    rows = forgetting.carried_out(unit, destroyed, event.subject)
    told = {"case_ref": event.data.case_ref, "erasure_ref": event.data.erasure_ref}
    unit.tell(intake.CaseErasureConfirmed(**told, rows=rows, keys=destroyed.keys))


@REACTIONS.on(intake.PersonErased, forgets=erasures.of_person)
def forget_person(unit: Unit, event: Heard[intake.PersonErased], destroyed: Destroyed) -> None:
    """Who they are is destroyed, and what stands of them on lists; and that is told."""
    rows = erasures.forget_person(unit, event, destroyed)
    told = {"person_ref": event.data.person_ref, "erasure_ref": event.data.erasure_ref}
    unit.tell(intake.PersonErasureConfirmed(**told, rows=rows, keys=destroyed.keys))


@REACTIONS.on(
    intake.CaseErasureConfirmed,
    intake.PersonErasureConfirmed,
    screening.CaseErasureConfirmed,
    referrals.CaseErasureConfirmed,
    grants.CaseErasureConfirmed,
)
def note_erasure(unit: Unit, event: Heard[ErasureConfirmed | intake.PersonErasureConfirmed]) -> None:
    """A service says what it destroyed: the request keeps it for its certificate."""
    command = ConfirmErasure(service=event.source, subject=event.subject, rows=event.data.rows, keys=event.data.keys)
    ERASURES.carry_out(unit, SYSTEM, command, ref=event.data.erasure_ref)


@REACTIONS.due("erasure_unacknowledged")
def call_to_acknowledge(unit: Unit, todo: Todo) -> Attention | None:
    """The person should have been told by now that their wish was received."""
    return Attention("erasure_unacknowledged") if erasures.unacknowledged(unit, todo.ref("erasure_ref")) else None


@REACTIONS.due("erasure_unanswered")
def call_to_answer(unit: Unit, todo: Todo) -> Attention | None:
    """The days in which the law wants an answer are over."""
    return Attention("erasure_unanswered") if erasures.asked(unit, todo.ref("erasure_ref")) else None


@REACTIONS.due("erasure_put_off")
def call_to_decide_again(unit: Unit, todo: Todo) -> Attention | None:
    """The day has come until which a decision was put off."""
    return Attention("erasure_put_off") if erasures.put_off(unit, todo.ref("erasure_ref")) else None
