"""Money: whole numbers of the smallest unit in use, and the rate that was looked up, kept with every conversion.

A rate is a whole number too, so many ten-thousandths of riel or dong for one US dollar. Nothing here ever
becomes a float, and a stored conversion is never computed again.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.codes import labelled
from shared.contracts.grants import Currency
from shared.contracts.leaves import Day, MoneyBand
from shared.errors import Refused
from shared.model import C0, C1, Given, Model

Amount = Annotated[int, Field(strict=True, ge=0, le=2_000_000_000)]
"""Cents, riel or dong of one grant; small enough for a four-byte column."""

Positive = Annotated[int, Field(strict=True, gt=0, le=2_000_000_000)]

Budget = Annotated[int, Field(strict=True, ge=0, le=10**13)]
"""Cents, riel or dong of a whole programme."""

CENTS = 100
TEN_THOUSANDTHS = 10_000

BANDS = (
    (100 * CENTS, MoneyBand.UP_TO_100),
    (250 * CENTS, MoneyBand.UP_TO_250),
    (500 * CENTS, MoneyBand.UP_TO_500),
)


@labelled("rate_source")
class RateSource(StrEnum):
    """Who published a rate."""

    NBC = "NBC"
    SBV = "SBV"
    BANK = "BANK"
    FUNDER = "FUNDER"


class Rate(Given):
    """What one US dollar was worth on a day, in ten-thousandths of a riel or dong, and who said so."""

    currency: C0[Currency]
    per_dollar: C0[Annotated[int, Field(strict=True, gt=0, le=10**10)]]
    day: C0[Day]
    source: C0[RateSource]


class Conversion(Model):
    """An amount in one currency, what it was worth in another, and the rate that was used."""

    given: C1[Amount]
    given_currency: C0[Currency]
    worth: C1[Amount]
    worth_currency: C0[Currency]
    rate: C0[Rate]


def _divided(number: int, by: int) -> int:
    """Rounded to the nearest whole number, halves up."""
    return (2 * number + by) // (2 * by)


def convert(amount: int, currency: Currency, into: Currency, rate: Rate | None) -> Conversion:
    """What an amount is worth in the other currency. One of the two is the US dollar."""
    if rate is None:
        raise Refused("rate_missing")
    if {currency, into} != {Currency.USD, rate.currency} or rate.currency is Currency.USD:
        raise Refused("rate_does_not_fit")
    dollar = CENTS * TEN_THOUSANDTHS
    if into is Currency.USD:
        worth = _divided(amount * dollar, rate.per_dollar)
    else:
        worth = _divided(amount * rate.per_dollar, dollar)
    return Conversion(given=amount, given_currency=currency, worth=worth, worth_currency=into, rate=rate)


def conversion(amount: int, currency: Currency, into: Currency, rate: Rate | None) -> Conversion | None:
    """The conversion to store, or none where none is needed."""
    if currency is not into:
        return convert(amount, currency, into, rate)
    if rate is not None:
        raise Refused("rate_not_needed")
    return None


def band(amount: int, currency: Currency, rate: Rate | None) -> MoneyBand:
    """Roughly how much, for those who need not know exactly."""
    cents = amount if currency is Currency.USD else convert(amount, currency, Currency.USD, rate).worth
    return next((found for limit, found in BANDS if cents <= limit), MoneyBand.OVER_500)
