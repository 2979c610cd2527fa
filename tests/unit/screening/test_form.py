"""The form covers every indicator, keeps phases apart, and every sentence exists in three languages."""

import pytest

from services.screening.determinations.reasons import SENTENCES, Reason, read, render
from services.screening.determinations.rules import Dimension, Fact, Strength
from services.screening.determinations.state import Outcome
from services.screening.interviews import forms
from services.screening.interviews.answers import standing
from services.screening.interviews.forms import Phase
from services.screening.interviews.state import Profile, Source, Value
from shared.codes import Language, lookup
from tests.unit.screening.answering import ADULT, CHILD, FORM, MOMENT, RULES, adult, child, given, of

RECRUITMENT = {Dimension.DECEPTION, Dimension.COERCION, Dimension.VULNERABILITY}


def test_every_indicator_is_asked_for_and_no_other() -> None:
    asked = {code for question in FORM.questions.values() for code in question.indicators}
    assert asked == set(RULES.indicators)


def test_every_profile_is_asked_for_each_of_its_indicators() -> None:
    for profile in Profile:
        asked = {code for question in FORM.asked(profile) for code in question.indicators}
        assert {code for code, i in RULES.indicators.items() if profile in i.strength} <= asked


def test_no_question_feeds_two_indicators_of_one_dimension() -> None:
    for question in FORM.questions.values():
        dimensions = [RULES.indicators[code].dimension for code in question.indicators]
        assert len(set(dimensions)) == len(dimensions), question.code


def test_a_question_speaks_of_one_phase() -> None:
    for question in FORM.questions.values():
        for code in question.indicators:
            wanted = Phase.RECRUIT if RULES.indicators[code].dimension in RECRUITMENT else Phase.DESTINATION
            assert question.phase is wanted, question.code


def test_acts_actors_and_purposes_are_registered_codes() -> None:
    for question in FORM.questions.values():
        assert all(code in lookup("act") for code in question.acts)
        assert all(code in lookup("actor_relation") for code in question.actors)
        assert all(code in lookup("exploitation") for code in question.purposes)
        assert bool(question.acts) is bool(question.actors)
    acts = {code for question in FORM.questions.values() for code in question.acts}
    assert acts == set(lookup("act").codes)


def test_questions_and_sections_exist_in_three_languages() -> None:
    texts = [section.title for section in FORM.sections] + [question.text for question in FORM.questions.values()]
    for text in texts:
        assert all(text[language].strip() for language in Language)
        assert any("\u1780" <= mark <= "\u17ff" for mark in text[Language.KM])
        assert len({text[language] for language in Language}) == 3


def test_a_question_code_stands_once() -> None:
    words = 'km = "a"\nvi = "b"\nen = "c"\n'
    section = f'[[section]]\ncode = "ACT"\nphase = "RECRUIT"\n{words}'
    question = f'[[question]]\ncode = "Q"\nsection = "ACT"\n{words}'
    with pytest.raises(ValueError, match="stands twice"):
        forms.read(f'version = "1"\nvalid_from = 2026-01-01\n{section}{question}{question}')


def test_entitlements_flags_and_outcomes_are_registered_codes() -> None:
    for profile in Profile:
        assert set(RULES.entitlements[profile]) == set(lookup("outcome").codes)
        assert all(code in lookup("entitlement") for codes in RULES.entitlements[profile].values() for code in codes)
        assert all({"BASIC_NEEDS", "TRAVEL_HOME"} <= set(codes) for codes in RULES.entitlements[profile].values())
        assert RULES.entitlements[profile][Outcome.VOT] == RULES.entitlements[profile][Outcome.VOT_PRESUMED]
    assert all(flag in lookup("finding_flag") for rule in RULES.rules for flag in rule.flags)


def test_every_rule_flag_fact_and_word_has_a_sentence() -> None:
    wanted = {f"rule.{rule.code}" for rule in RULES.rules} | {f"fact.{fact}" for fact in Fact}
    wanted |= {f"flag.{code}" for code in lookup("finding_flag").codes} | {f"word.{strength}" for strength in Strength}
    assert wanted <= set(SENTENCES[RULES.version])


@pytest.mark.parametrize("language", list(Language))
def test_every_reason_can_be_rendered(language: Language) -> None:
    found = [
        of(CHILD, []),
        of(ADULT, [given("LITTLE_OR_NO_PAY"), given("SLEPT_ROUGH", source=Source.OBSERVED)]),
        child("SENT_BY_PARENT", "SLEPT_ROUGH", "OUT_OF_SCHOOL", "WANTED_TO_GO"),
        adult("LITTLE_OR_NO_PAY", "SLEPT_ROUGH", "LAW_IGNORED", "TOOK_CHILDREN_ALONG", "BEEN_BEFORE"),
    ]
    sentences = [render(reason, language, each.ruleset) for each in found for reason in each.reasons]
    assert all(sentence and "{" not in sentence for sentence in sentences)


def test_a_sentence_names_what_it_speaks_of() -> None:
    reason = Reason(key="change.dimension", values=(("dimension", "X"), ("strength", "M"), ("count", "1")))
    assert render(reason, Language.EN, RULES.version) == "1 more medium in “Exploitation” would make it positive."


def test_a_sentence_without_a_language_is_noticed() -> None:
    with pytest.raises(KeyError):
        read('[rule.C1]\nen = "only one"\n')


def test_the_latest_that_says_something_is_in_force() -> None:
    later = MOMENT.replace(hour=9)
    first, second = given("BEATEN", Value.YES), given("BEATEN", Value.NO, at=later)
    silent = given("BEATEN", Value.REFUSED, at=later.replace(hour=10))
    seen = given("BEATEN", Value.YES, Source.OBSERVED)
    held = standing([silent, second, first, seen])["BEATEN"]
    assert (held.value, held.conflicting, held.observed) == (Value.NO, True, (seen.ref,))
    assert held.answers == (second.ref,)
    assert standing([silent])["BEATEN"].value is Value.REFUSED
    assert standing([seen])["BEATEN"].value is Value.NOT_ASKED
