"""What the engine suggests: every rule, the published combinations, and the promises about order and unknowns."""

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from services.screening.determinations.assessment import ElementName, ElementState
from services.screening.determinations.engine import Known, assess, profile_of
from services.screening.determinations.rules import Dimension, Strength, positive, ruleset_of
from services.screening.determinations.state import Outcome, lower
from services.screening.interviews.forms import form_of
from services.screening.interviews.state import Profile, Source, Value
from tests.unit.screening.answering import ADULT, CHILD, FORM, RULES, adult, child, complete, given, of

EXPLOITED = ("LITTLE_OR_NO_PAY", "SLEPT_ROUGH", "LAW_IGNORED")
DECEIVED = ("LIED_ABOUT_WORK", "LIED_ABOUT_PAY")
CONTROLLED = ("PAPERS_TAKEN", "WAGES_HELD")
CODES = st.sets(st.sampled_from(sorted(FORM.questions)), max_size=25)


@pytest.mark.parametrize(
    ("strong", "medium", "weak", "expected"),
    [(2, 0, 0, True), (1, 1, 0, True), (1, 0, 1, True), (0, 3, 0, True), (0, 2, 1, True),
     (1, 0, 0, False), (0, 2, 0, False), (0, 1, 2, False), (0, 1, 5, False), (0, 0, 6, False), (0, 0, 0, False)],
)  # fmt: skip
def test_the_dimension_rule(strong: int, medium: int, weak: int, expected: bool) -> None:
    assert positive(strong, medium, weak) is expected


def test_there_are_67_indicators_for_adults_and_65_for_children() -> None:
    strengths = [indicator.strength for indicator in RULES.indicators.values()]
    assert sum(Profile.ADULT in strength for strength in strengths) == 67
    assert sum(Profile.CHILD in strength for strength in strengths) == 65
    assert Strength.WEAK not in {strength.get(Profile.CHILD) for strength in strengths}
    assert {code for code, i in RULES.indicators.items() if Profile.CHILD not in i.strength} == {"RV08", "EX08"}


CHILD_CASES = [
    ("C1", Outcome.VOT, ("SENT_BY_PARENT", "SLEPT_ROUGH", "DANGEROUS_WORK", "OUT_OF_SCHOOL")),
    ("C2", Outcome.VOT, ("SENT_BY_BROKER", "SEXUAL_USE")),
    ("C4", Outcome.VOT_PRESUMED, ("BEGGED", "TOLD_WHERE_TO_WORK")),
    ("C4", Outcome.VOT_PRESUMED, ("SENT_BY_PARENT", "SOLD_LOTTERY", "EARNINGS_HANDED_OVER")),
    ("C6", Outcome.VOT_PRESUMED, ("CARRIED_WHILE_ADULT_BEGS",)),
    ("C3", Outcome.VOT_PRESUMED, ("SENT_BY_RELATIVE", "OUT_OF_SCHOOL")),
    ("C5", Outcome.VOT_PRESUMED, ("SLEPT_ROUGH", "DANGEROUS_WORK", "OUT_OF_SCHOOL")),
    ("C5", Outcome.VOT_PRESUMED, ("SOLD_TO_SOMEBODY",)),
    ("C7", Outcome.CHILD_AT_RISK, ("SENT_BY_PARENT",)),
    ("C7", Outcome.CHILD_AT_RISK, ("USED_POVERTY",)),
    ("C7", Outcome.CHILD_AT_RISK, ("OUT_OF_SCHOOL",)),
    ("C8", Outcome.CHILD_AT_RISK, ("TRAVELLED_WITH_PARENT",)),
]

ADULT_CASES = [
    ("A1", Outcome.VOT, ("SENT_BY_BROKER", *DECEIVED, "LONG_DAYS", "LITTLE_OR_NO_PAY", *CONTROLLED)),
    ("A1", Outcome.VOT, ("SENT_BY_BROKER", "RECRUIT_VIOLENCE", "RECRUIT_THREATS", *EXPLOITED, *CONTROLLED)),
    ("A2", Outcome.VOT_PRESUMED, ("HOUSED_TO_WORK", *EXPLOITED, *CONTROLLED)),
    ("A3", Outcome.VOT_PRESUMED, ("SENT_BY_BROKER", *DECEIVED, *EXPLOITED)),
    ("A9", Outcome.INCONCLUSIVE, (*DECEIVED, *EXPLOITED)),
    ("A4", Outcome.EXPLOITED_MIGRANT, (*EXPLOITED, "USED_POVERTY", "KNEW_TOO_LITTLE", "COULD_NOT_TRAVEL_ALONE")),
    ("A5", Outcome.EXPLOITED_MIGRANT, (*EXPLOITED, "USED_POVERTY")),
    ("A6", Outcome.INCONCLUSIVE, ("LITTLE_OR_NO_PAY",)),
    ("A6", Outcome.INCONCLUSIVE, ("SEXUAL_USE",)),
    ("A6", Outcome.INCONCLUSIVE, ("LOCKED_IN",)),
    ("A6", Outcome.INCONCLUSIVE, DECEIVED),
    ("A7", Outcome.SMUGGLED_MIGRANT, ("PAID_FOR_CROSSING", "WANTED_TO_GO")),
    ("A8", Outcome.NOT_A_VICTIM, ("WANTED_TO_GO", "USED_POVERTY")),
]


@pytest.mark.parametrize(("rule", "outcome", "yes"), CHILD_CASES)
def test_what_is_suggested_for_a_child(rule: str, outcome: Outcome, yes: tuple[str, ...]) -> None:
    found = child(*yes)
    assert (found.rule, found.outcome) == (rule, outcome)


@pytest.mark.parametrize(("rule", "outcome", "yes"), ADULT_CASES)
def test_what_is_suggested_for_an_adult(rule: str, outcome: Outcome, yes: tuple[str, ...]) -> None:
    found = adult(*yes)
    assert (found.rule, found.outcome) == (rule, outcome)


def test_every_rule_can_decide() -> None:
    unknown = {of(CHILD, []).rule, of(ADULT, []).rule}
    tried = {rule for rule, _, _ in (*CHILD_CASES, *ADULT_CASES)} | unknown
    assert unknown == {"C9", "A0"}
    assert tried == {rule.code for rule in RULES.rules}


def test_the_order_of_the_rules_is_as_published() -> None:
    order = {profile: [rule.code for rule in RULES.of(profile)] for profile in Profile}
    assert order[Profile.CHILD] == ["C1", "C2", "C4", "C6", "C3", "C5", "C9", "C7", "C8"]
    assert order[Profile.ADULT] == ["A1", "A2", "A3", "A9", "A0", "A4", "A5", "A6", "A7", "A8"]


def test_a_child_needs_no_means_and_no_unwillingness() -> None:
    sent = ("SENT_BY_PARENT", "SLEPT_ROUGH", "DANGEROUS_WORK", "OUT_OF_SCHOOL")
    willing = child(*sent, "WANTED_TO_GO", "TRAVELLED_WITH_PARENT", "BEEN_BEFORE", "KEPT_SOME_MONEY")
    assert willing.outcome is Outcome.VOT
    states = {row.element: row.state for row in willing.elements}
    assert states[ElementName.MEANS] is ElementState.NOT_NEEDED
    assert states[ElementName.CONSENT] is ElementState.DISREGARDED
    assert set(willing.flags) == {"ACCOMPANYING_MINOR", "REPEAT_RETURN"}


def test_a_parent_as_actor_changes_handling_and_never_the_finding() -> None:
    parent, broker = (
        child(actor, "SLEPT_ROUGH", "DANGEROUS_WORK", "OUT_OF_SCHOOL") for actor in ("SENT_BY_PARENT", "SENT_BY_BROKER")
    )
    assert (parent.outcome, parent.rule, parent.rules) == (broker.outcome, broker.rule, broker.rules)
    assert {"SEPARATE_ROOM", "SEPARATE_INTERVIEW"} <= set(parent.handling) - set(broker.handling)


def test_means_of_vulnerability_alone_mark_an_adult_for_review() -> None:
    flagged = adult(*EXPLOITED, "USED_POVERTY", "KNEW_TOO_LITTLE", "COULD_NOT_TRAVEL_ALONE")
    plain = adult(*EXPLOITED, "USED_POVERTY")
    assert flagged.outcome is plain.outcome is Outcome.EXPLOITED_MIGRANT
    assert flagged.flags == ("VULNERABILITY_MEANS_REVIEW",)
    assert plain.flags == ()
    states = {row.element: row.state for row in flagged.elements}
    assert states[ElementName.MEANS] is ElementState.POSSIBLE


def test_another_purpose_marks_an_exploited_adult_for_review() -> None:
    found = adult(*EXPLOITED, "SEXUAL_USE")
    assert (found.outcome, found.rules, found.flags) == (Outcome.EXPLOITED_MIGRANT, ("A5", "A6"), ("REVIEW",))


def test_a_sure_finding_carries_no_mark_of_doubt() -> None:
    found = adult("SENT_BY_BROKER", *DECEIVED, *EXPLOITED, *CONTROLLED, "TOOK_CHILDREN_ALONG")
    assert "A6" in found.rules
    assert found.flags == ("SUSPECTED_EXPLOITER",)
    assert found.handling == ("SEPARATE_INTERVIEW", "SEPARATE_ROOM")


def test_unknown_age_is_a_child() -> None:
    assert profile_of(Known()) is Profile.CHILD
    taken_by_aunt = of(Known(), complete(CHILD, "SENT_BY_RELATIVE", "OUT_OF_SCHOOL"))
    assert (taken_by_aunt.rule, taken_by_aunt.outcome, taken_by_aunt.presumed) == ("C3", Outcome.VOT_PRESUMED, True)
    assert "profile.CHILD_PRESUMED" in {reason.key for reason in taken_by_aunt.reasons}


def test_a_stopped_interview_of_an_adult_is_inconclusive() -> None:
    stopped = of(Known(child_then=False, stopped=True), complete(ADULT, *EXPLOITED))
    assert (stopped.rule, stopped.rules) == ("A0", ("A0", "A5"))


def test_an_observation_satisfies_nothing_by_itself() -> None:
    seen = [given(code, source=Source.OBSERVED) for code in ("SENT_BY_PARENT", "SLEPT_ROUGH", "OUT_OF_SCHOOL")]
    found = of(CHILD, [*complete(CHILD, "BEGGED"), *seen])
    assert found.rule == "C8"
    assert found.only_observed == ("OUT_OF_SCHOOL", "SENT_BY_PARENT", "SLEPT_ROUGH")
    assert "missing.only_observed" in {reason.key for reason in found.reasons}


def test_a_pair_that_must_be_apart_never_rests_on_one_answer() -> None:
    question = FORM.questions["USED_POVERTY"]
    doubled = type(question)(**{**vars(question), "indicators": ("RV06", "RV09")})
    form = type(FORM)(**{**vars(FORM), "questions": {**FORM.questions, "USED_POVERTY": doubled}})
    one = assess(RULES, form, [given("USED_POVERTY")], ADULT)
    two = assess(RULES, form, [given("USED_POVERTY"), given("USED_FAMILY_SITUATION")], ADULT)
    assert [support.indicator for support in one.supports] == ["RV06"]
    assert [support.indicator for support in two.supports] == ["RV06", "RV09"]


def test_an_indicator_counts_once_however_many_answers_support_it() -> None:
    found = child("LITTLE_OR_NO_PAY", "EARNINGS_HANDED_OVER")
    tally = next(tally for tally in found.tallies if tally.dimension is Dimension.EXPLOITATION)
    assert (tally.strong, tally.medium, tally.weak) == (0, 1, 0)
    assert len(found.supports[0].answers) == 2


def test_it_says_what_would_change_the_result() -> None:
    found = child("SENT_BY_PARENT", "SLEPT_ROUGH", "OUT_OF_SCHOOL")
    more = {(change.dimension, change.strength): change.count for change in found.dimension_changes}
    assert more[Dimension.EXPLOITATION, Strength.MEDIUM] == 1
    assert more[Dimension.EXPLOITATION, Strength.STRONG] == 1
    assert ("C1", Outcome.VOT, "X") in {(change.rule, change.outcome, change.fact) for change in found.rule_changes}


def test_it_says_what_is_missing() -> None:
    found = of(ADULT, [given("LITTLE_OR_NO_PAY")])
    assert "LITTLE_OR_NO_PAY" not in found.missing
    assert {"SENT_BY_BROKER", "LONG_DAYS", "SEXUAL_USE"} <= set(found.missing)
    assert "WANTED_TO_GO" not in found.missing


def test_old_assessments_stay_evaluable() -> None:
    answers = complete(ADULT, *EXPLOITED)
    before = of(ADULT, answers)
    assert assess(ruleset_of(before.ruleset), form_of(before.form), answers, ADULT) == before


@settings(max_examples=150, deadline=None)
@drawn(yes=CODES, more=st.sampled_from(sorted(FORM.questions)))
def test_a_further_yes_never_lowers(yes: set[str], more: str) -> None:
    for known in (CHILD, ADULT):
        before, after = (of(known, complete(known, *found)).outcome for found in (yes, yes | {more}))
        if known is CHILD or before in (Outcome.VOT, Outcome.VOT_PRESUMED):
            assert not lower(after, before)


@settings(max_examples=60, deadline=None)
@drawn(yes=CODES, data=st.data())
def test_order_never_matters(yes: set[str], data: st.DataObject) -> None:
    answers = complete(ADULT, *yes)
    shuffled = data.draw(st.permutations(answers))
    assert of(ADULT, shuffled).model_dump_json() == of(ADULT, answers).model_dump_json()


@settings(max_examples=100, deadline=None)
@drawn(
    yes=CODES,
    silent=st.dictionaries(
        st.sampled_from(sorted(FORM.questions)), st.sampled_from([v for v in Value if not v.definite]), max_size=20
    ),
)
def test_an_answer_that_says_nothing_never_lowers(yes: set[str], silent: dict[str, Value]) -> None:
    for known in (CHILD, ADULT):
        answers = complete(known, *yes)
        before = of(known, answers)
        after = of(known, [*answers, *(given(code, value, Source.THIRD_PARTY) for code, value in silent.items())])
        assert after.outcome is before.outcome


@settings(max_examples=60, deadline=None)
@drawn(yes=CODES, hidden=CODES)
def test_what_is_unknown_is_never_a_no(yes: set[str], hidden: set[str]) -> None:
    """A question left open instead of answered NO never lowers what is suggested for a child."""
    answered = complete(CHILD, *yes)
    open_ended = [answer for answer in answered if answer.question not in hidden - yes]
    assert not lower(of(CHILD, open_ended).outcome, of(CHILD, answered).outcome)
