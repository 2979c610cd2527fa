"""Due days of follow-up visits: plain dates from the day of the return, untouched by any clock."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referrals.followups.schedule import asks_for_tracing, months_after, visits
from shared.clock import local_day

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
RETURNED = date(2015, 11, 6)


def due(returned: date, *, child: bool = False, high_risk: bool = False) -> list[date]:
    return [visit.due_on for visit in visits(returned, child=child, high_risk=high_risk)]


def test_h21_an_adult_is_visited_after_1_3_6_12_and_24_months() -> None:
    assert due(RETURNED) == [
        date(2015, 12, 6), date(2016, 2, 6), date(2016, 5, 6), date(2016, 11, 6), date(2017, 11, 6),
    ]  # fmt: skip


@pytest.mark.parametrize("why", ["child", "high_risk"])
def test_h21_children_and_people_at_high_risk_also_after_two_weeks_and_two_months(why: str) -> None:
    closer = due(RETURNED, child=why == "child", high_risk=why == "high_risk")
    assert set(closer) - set(due(RETURNED)) == {date(2015, 11, 20), date(2016, 1, 6)}
    assert closer == sorted(closer)


def test_h21_windows_widen_with_time() -> None:
    found = visits(RETURNED, child=False, high_risk=False)
    assert [(visit.closes - visit.due_on).days for visit in found] == [7, 14, 30, 30, 30]
    assert [(visit.due_on - visit.opens).days for visit in found] == [7, 14, 30, 30, 30]


@given(st.integers(0, 23), st.integers(-12, 14))
def test_h21_the_zone_of_a_clock_never_moves_a_due_day(hour: int, offset: int) -> None:
    """The same moment, told in any zone, is the same day at the border and so the same schedule."""
    at_the_border = datetime(2015, 11, 6, hour, tzinfo=timezone(timedelta(hours=7)))
    elsewhere = at_the_border.astimezone(timezone(timedelta(hours=offset)))
    assert due(local_day(elsewhere), child=True) == due(RETURNED, child=True)


def test_h21_two_misses_in_a_row_ask_for_somebody_to_look() -> None:
    assert [asks_for_tracing(misses) for misses in (0, 1, 2, 3)] == [False, False, True, True]


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2015, 11, 30), 3, date(2016, 2, 29)),
        (date(2014, 11, 30), 3, date(2015, 2, 28)),
        (date(2016, 2, 29), 12, date(2017, 2, 28)),
        (date(2015, 8, 31), 1, date(2015, 9, 30)),
        (date(2015, 12, 31), 1, date(2016, 1, 31)),
    ],
)
def test_a_shorter_month_ends_the_wait_on_its_last_day(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then


@given(DAYS, st.integers(0, 120))
def test_months_after_lands_in_the_right_month_and_never_later_in_it(day: date, months: int) -> None:
    then = months_after(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day <= day.day
    assert then.day == day.day or (then + timedelta(days=1)).day == 1


@given(DAYS, DAYS, st.integers(0, 60))
def test_months_after_keeps_the_order_of_days(one: date, two: date, months: int) -> None:
    assert (one <= two) <= (months_after(one, months) <= months_after(two, months))


@given(DAYS, st.booleans(), st.booleans())
def test_every_visit_lies_in_its_window_and_after_the_return(returned: date, child: bool, high_risk: bool) -> None:
    for visit in visits(returned, child=child, high_risk=high_risk):
        assert returned <= visit.opens <= visit.due_on <= visit.closes
        assert visit.due_on > returned
