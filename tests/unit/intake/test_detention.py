"""Days of detention: counted where both ends are known, otherwise shown as unknown."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.intake.cases.detention import Detention, DetentionDays, days_detained
from shared.codes.places import Province

BEGAN = date(2015, 9, 3)


def held(began: date | None, ended: date | None) -> Detention:
    return Detention(place="SOCIAL_SUPPORT_CENTRE", began_on=began, ended_on=ended)


def test_h23_days_are_counted_from_the_first_to_the_last() -> None:
    assert days_detained([held(BEGAN, date(2015, 11, 4))]).total == 63
    assert days_detained([held(BEGAN, BEGAN)]).total == 1


@pytest.mark.parametrize("period", [held(BEGAN, None), held(None, BEGAN), held(None, None)])
def test_h23_an_unknown_day_makes_the_whole_unknown_and_never_zero(period: Detention) -> None:
    assert days_detained([period]).total is None
    assert days_detained([held(BEGAN, BEGAN), period]) == DetentionDays(known=1, complete=False)


def test_h23_nothing_recorded_is_not_known() -> None:
    assert days_detained([]).total is None


def test_a_day_in_two_places_counts_once() -> None:
    police, centre = held(BEGAN, BEGAN + timedelta(days=2)), held(BEGAN + timedelta(days=2), BEGAN + timedelta(days=9))
    assert days_detained([police, centre]).total == 10


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 60)), min_size=1, max_size=5))
def test_days_are_those_touched_by_any_period(lengths: list[tuple[int, int]]) -> None:
    periods = [held(BEGAN + timedelta(days=at), BEGAN + timedelta(days=at + length)) for at, length in lengths]
    touched = {at + day for at, length in lengths for day in range(length + 1)}
    assert days_detained(periods).total == len(touched)
    assert days_detained(reversed(periods)) == days_detained(periods)


def test_a_period_does_not_end_before_it_began() -> None:
    with pytest.raises(ValidationError):
        held(BEGAN, BEGAN - timedelta(days=1))


def test_the_place_of_detention_is_a_province_of_its_time() -> None:
    long_an = Province(country="VN", code="80", valid_from=BEGAN)
    assert held(BEGAN, None).but(province=long_an, authority="BORDER_GUARD").province == long_an
