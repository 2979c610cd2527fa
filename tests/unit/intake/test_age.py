"""Births as people state them, ages as intervals that protect, and what several statements mean together."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.intake.disclosures.domain import age_band
from services.intake.persons.age import (
    AgeDetermination,
    adult_from,
    age_on,
    child_on,
    completed_years,
    conflict,
    evaluate,
    governing,
    interval,
)
from services.intake.persons.births import Birth, Precision, Reliability, Span, birth_as_written, span, years_before
from services.intake.persons.state import PersonIdentity
from shared.contracts.intake.terms import AgeBasis
from shared.ids import pseudonym

DAY = date(2026, 11, 23)
DAYS = st.dates(date(1930, 1, 1), date(2026, 11, 23))


def stated(text: str, source: str = "SELF", on: date = DAY) -> Birth:
    return birth_as_written(text, on, source)


def low_high(birth: Birth, day: date = DAY) -> tuple[int, int]:
    found = interval(birth, day)
    return found.low, found.high


def determination(age: int, margin: int = 0, methods: tuple[str, ...] = ("DOCUMENTS",)) -> AgeDetermination:
    staff, organisation = pseudonym("staff", "age-panel"), pseudonym("organisation", "social-affairs")
    return AgeDetermination(
        staff_ref=staff,
        organisation_ref=organisation,
        determined_on=DAY,
        age=age,
        margin_years=margin,
        methods=methods,
        consented=True,
    )


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("12/03/2010", date(2010, 3, 12), date(2010, 3, 12)),
        ("2010-03-12", date(2010, 3, 12), date(2010, 3, 12)),
        ("១២/០៣/២០១០", date(2010, 3, 12), date(2010, 3, 12)),
        ("12\u200b.3.2010", date(2010, 3, 12), date(2010, 3, 12)),
        ("12-3-2010", date(2010, 3, 12), date(2010, 3, 12)),
        ("2/2012", date(2012, 2, 1), date(2012, 2, 29)),
        ("2010-12", date(2010, 12, 1), date(2010, 12, 31)),
        (" 2008 ", date(2008, 1, 1), date(2008, 12, 31)),
        ("2553", date(2009, 1, 1), date(2010, 12, 31)),
        ("៥/៤/២៥៥៣", date(2009, 4, 5), date(2010, 4, 5)),
        ("29/2/2551", date(2008, 2, 29), date(2008, 2, 29)),
        ("11", date(2014, 11, 24), date(2015, 11, 23)),
        ("11 tuổi", date(2014, 11, 24), date(2015, 11, 23)),
        ("១១ ឆ្នាំ", date(2014, 11, 24), date(2015, 11, 23)),
        ("about 11", date(2012, 11, 24), date(2017, 11, 23)),
        ("khoảng 1 tuổi", date(2022, 11, 24), date(2026, 11, 23)),
    ],
)
def test_a_birth_as_written_spans_the_days_it_may_mean(text: str, earliest: date, latest: date) -> None:
    assert span(stated(text)) == Span(earliest, latest)


@pytest.mark.parametrize("text", ["12/03/10", "31/02/2010", "2010/13", "soon", "1899", "300", "12/2010/03"])
def test_a_birth_that_would_be_a_guess_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        stated(text)


@pytest.mark.parametrize("text", ["", "?", "unknown", "không rõ", "មិនដឹង"])
def test_not_known_is_an_answer(text: str) -> None:
    assert stated(text).precision is Precision.UNKNOWN


def test_an_animal_year_comes_again_and_a_stated_age_chooses_the_cycle() -> None:
    rat = stated("ជូត")
    assert low_high(rat)[0] == 0
    assert low_high(rat)[1] > 100
    chosen = rat.but(age=18, age_on=DAY)
    assert span(chosen) == Span(date(2008, 1, 1), date(2009, 4, 30))
    assert low_high(chosen) == (17, 18)
    assert stated("Mão").animal == "RABBIT"


@pytest.mark.parametrize(
    "fields",
    [
        {"precision": "DAY", "year": 2010},
        {"precision": "UNKNOWN", "year": 2010},
        {"precision": "AGE_STATED", "age": 12},
        {"precision": "YEAR", "year": 2010, "about": True},
        {"precision": "ANIMAL_YEAR", "animal": "RAT", "age": 12},
        {"precision": "DAY", "year": 2011, "month": 2, "day": 29},
    ],
)
def test_a_statement_has_the_parts_its_precision_needs(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Birth.model_validate({"source": "SELF", **fields})


def test_h4_a_year_alone_whose_interval_begins_under_18_is_a_child() -> None:
    birth = stated("2008")
    assert low_high(birth) == (17, 18)
    assert child_on([birth], None, DAY)
    assert evaluate([birth], None, first=None, day=DAY).basis is AgeBasis.PRESUMED
    assert not child_on([birth], None, date(2026, 12, 31))
    assert not child_on([stated("2007")], None, DAY)


@pytest.mark.parametrize("statements", [[], [stated("?")], [stated("ជូត")], [stated("about 19")]])
def test_h4_an_unknown_or_doubtful_age_is_a_child(statements: list[Birth]) -> None:
    assert child_on(statements, None, DAY)
    assert evaluate(statements, None, first=None, day=DAY).basis is AgeBasis.PRESUMED


@given(DAYS, DAYS)
def test_h4_whoever_is_under_18_is_always_a_child_however_little_is_said(born: date, day: date) -> None:
    exact = Birth(precision=Precision.DAY, year=born.year, month=born.month, day=born.day, source="SELF")
    month = Birth(precision=Precision.MONTH, year=born.year, month=born.month, source="SELF")
    year = Birth(precision=Precision.YEAR, year=born.year, source="SELF")
    for birth in (exact, month, year):
        ages = interval(birth, day)
        assert ages.low <= completed_years(born, day) <= ages.high
    if child_on([exact], None, day):
        assert child_on([month], None, day) and child_on([year], None, day)


@given(DAYS, DAYS)
def test_a_stated_age_spans_exactly_the_births_that_have_it(born: date, day: date) -> None:
    if born > day:
        born, day = day, born
    age = completed_years(born, day)
    spanned = span(Birth(precision=Precision.AGE_STATED, age=age, age_on=day, source="SELF"))
    assert spanned.earliest <= born <= spanned.latest
    assert completed_years(spanned.earliest, day) == age == completed_years(spanned.latest, day)
    assert completed_years(spanned.earliest - timedelta(days=1), day) == age + 1


@given(DAYS, st.integers(0, 30))
def test_years_before_keep_day_and_month(day: date, years: int) -> None:
    before = years_before(day, years)
    assert before.year == day.year - years
    assert (before.month, before.day) in {(day.month, day.day), (2, 28)}


def test_a_year_before_29_february_is_28_february() -> None:
    assert years_before(date(2024, 2, 29), 1) == date(2023, 2, 28)
    assert years_before(date(2024, 2, 29), 4) == date(2020, 2, 29)


def test_h5_a_17_year_old_on_a_foreign_list_of_adults_is_a_child() -> None:
    """The list counts a child up to 16; its heading is not even an input here, only the age is."""
    on_list = stated("17", source="SENDING_LIST", on=date(2015, 11, 4))
    assert child_on([on_list], None, date(2015, 11, 4))
    assert evaluate([on_list], None, first=None, day=date(2015, 11, 4)).child_on_day


def test_of_conflicting_ages_the_lowest_credible_one_governs() -> None:
    listed, paper = stated("19", "SENDING_LIST"), stated("12/03/2009", "CONSULAR_PAPER")
    assert governing([listed, paper], DAY) == paper
    assert conflict([listed, paper], DAY)
    assert child_on([listed, paper], None, DAY)
    assert evaluate([listed, paper], None, first=None, day=DAY).basis is AgeBasis.DOCUMENT


def test_a_disproved_statement_is_kept_and_decides_nothing() -> None:
    wrong = stated("12", "SENDING_LIST").but(reliability=Reliability.DISPROVED)
    paper = stated("12/03/1990", "BIRTH_CERTIFICATE")
    assert governing([wrong, paper], DAY) == paper
    assert not conflict([wrong, paper], DAY)
    assert not conflict([], DAY)
    doubtful = stated("15").but(reliability=Reliability.DOUBTFUL)
    assert governing([doubtful, paper], DAY) == paper
    assert governing([doubtful, wrong], DAY) == doubtful


def test_only_a_determination_ends_the_presumption_and_its_lower_bound_counts() -> None:
    statements = [stated("?")]
    assert not child_on(statements, determination(20, margin=2), DAY)
    assert child_on(statements, determination(19, margin=2), DAY)
    assert evaluate(statements, determination(30), first=None, day=DAY).basis is AgeBasis.DETERMINED
    assert age_on(statements, determination(20, margin=2), DAY).low == 18


@pytest.mark.parametrize("methods", [("PHYSICAL",), ("DENTAL",), ("PHYSICAL", "DENTAL"), ()])
def test_a_look_at_body_or_teeth_alone_is_never_a_determination(methods: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        determination(20, methods=methods)
    assert determination(20, methods=("DENTAL", "FAMILY_TRACING")).age == 20


def test_nobodys_age_is_determined_without_consent() -> None:
    with pytest.raises(ValidationError):
        determination(20).but(consented=False)


def test_turning_18_changes_today_and_never_the_time_of_exploitation() -> None:
    birth = stated("12/03/2008", "BIRTH_CERTIFICATE")
    found = evaluate([birth], None, first=date(2026, 1, 1), day=DAY)
    assert (found.child_then, found.child_on_day, found.basis) == (True, False, AgeBasis.DOCUMENT)
    assert adult_from([birth], None, DAY) == date(2026, 3, 12)
    assert evaluate([birth], None, first=None, day=DAY).child_then is False
    assert evaluate([stated("40")], None, first=date(2026, 1, 1), day=DAY).basis is AgeBasis.STATED


@pytest.mark.parametrize(
    ("births", "too_young"),
    [
        ((stated("2020-11-24"),), True),
        ((stated("2020-11-23"),), False),
        ((stated("2021"),), True),
        ((stated("2020"),), False),
        ((), False),
    ],
)
def test_only_who_is_certainly_under_6_is_too_young_to_be_asked(births: tuple[Birth, ...], too_young: bool) -> None:
    assert evaluate(births, None, first=None, day=DAY).too_young_to_ask is too_young


def test_who_was_born_on_29_february_comes_of_age_on_1_march() -> None:
    birth = stated("29/02/2008")
    assert child_on([birth], None, date(2026, 2, 28))
    assert adult_from([birth], None, DAY) == date(2026, 3, 1)


def test_the_passage_to_adult_services_is_unknown_where_the_age_is() -> None:
    assert adult_from([], None, DAY) is None
    assert adult_from([], determination(16), DAY) == date(2028, 11, 23)


def test_of_whom_nobody_knows_a_birth_no_band_is_told() -> None:
    assert age_band(PersonIdentity(), DAY) is None
