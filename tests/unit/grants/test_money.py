"""Whole numbers only, a rate kept with every conversion, bands instead of amounts."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.grants.programmes.money import Amount, Budget, Positive, Rate, RateSource, band, conversion, convert
from shared.contracts.grants import Currency
from shared.contracts.leaves import MoneyBand
from tests.unit.grants.refusals import refused

RIEL = Rate(currency=Currency.KHR, per_dollar=40_500_000, day=date(2026, 11, 3), source=RateSource.NBC)
DONG = Rate(currency=Currency.VND, per_dollar=250_000_000, day=date(2026, 11, 3), source=RateSource.SBV)


@pytest.mark.parametrize(
    ("amount", "currency", "into", "rate", "worth"),
    [
        (25_000, Currency.USD, Currency.KHR, RIEL, 1_012_500),
        (1_012_500, Currency.KHR, Currency.USD, RIEL, 25_000),
        (100, Currency.KHR, Currency.USD, RIEL, 2),
        (61, Currency.KHR, Currency.USD, RIEL, 2),
        (60, Currency.KHR, Currency.USD, RIEL, 1),
        (1, Currency.USD, Currency.VND, DONG, 250),
    ],
)
def test_conversions_round_to_the_nearest(
    amount: int, currency: Currency, into: Currency, rate: Rate, worth: int
) -> None:
    found = convert(amount, currency, into, rate)
    assert (found.given, found.given_currency, found.worth, found.worth_currency, found.rate) == (
        amount, currency, worth, into, rate,
    )  # fmt: skip


@given(st.integers(0, 2_000_000))
def test_dollars_to_riel_and_back_lose_nothing(cents: int) -> None:
    riel = convert(cents, Currency.USD, Currency.KHR, RIEL).worth
    assert abs(convert(riel, Currency.KHR, Currency.USD, RIEL).worth - cents) <= 1


@pytest.mark.parametrize(
    ("currency", "into", "rate", "code"),
    [
        (Currency.USD, Currency.KHR, None, "rate_missing"),
        (Currency.USD, Currency.KHR, DONG, "rate_does_not_fit"),
        (Currency.VND, Currency.KHR, RIEL, "rate_does_not_fit"),
        (Currency.USD, Currency.USD, RIEL, "rate_not_needed"),
    ],
)
def test_a_rate_must_fit(currency: Currency, into: Currency, rate: Rate | None, code: str) -> None:
    with refused(code):
        conversion(100, currency, into, rate)


def test_a_rate_of_the_dollar_to_itself_is_refused() -> None:
    with refused("rate_does_not_fit"):
        convert(100, Currency.USD, Currency.USD, RIEL.but(currency=Currency.USD))


def test_one_currency_needs_no_conversion() -> None:
    assert conversion(100, Currency.KHR, Currency.KHR, None) is None


@pytest.mark.parametrize(
    ("cents", "expected"),
    [
        (10_000, MoneyBand.UP_TO_100),
        (10_001, MoneyBand.UP_TO_250),
        (25_000, MoneyBand.UP_TO_250),
        (50_000, MoneyBand.UP_TO_500),
        (50_001, MoneyBand.OVER_500),
    ],
)
def test_bands_are_of_dollars(cents: int, expected: MoneyBand) -> None:
    assert band(cents, Currency.USD, None) is expected


def test_a_band_of_riel_needs_the_stored_rate() -> None:
    assert band(1_012_500, Currency.KHR, RIEL) is MoneyBand.UP_TO_250
    with refused("rate_missing"):
        band(1_012_500, Currency.KHR, None)


@pytest.mark.parametrize("kind", [Amount, Positive, Budget])
@pytest.mark.parametrize("value", [1.0, "1", True, -1, 10**14])
def test_no_other_number_is_money(kind: Any, value: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_json(str(value) if isinstance(value, float) else TypeAdapter(Any).dump_json(value))
