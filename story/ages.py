"""How old somebody of a story may be on a day. Who may be under 18, or has no known birth, counts as a child."""

from datetime import date, timedelta

from story.rows import Person

ADULT, ASKED_FROM = 18, 6
ASSENTS = ("UNWILLING", "NOT_ASKED_YOUNG", "WILLING", "ASSENT", "WRITTEN_ASSENT")
"""How a child agrees, from the least to the most."""


def born(person: Person) -> tuple[date, date] | None:
    """The first and the last day on which the birth may have been; None where nothing is known."""
    if person.birth is None:
        return None
    year, month, day = ([int(part) for part in person.birth.split("-")] + [0, 0])[:3]
    if day:
        return date(year, month, day), date(year, month, day)
    if month:
        return date(year, month, 1), (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return date(year, 1, 1), date(year, 12, 31)


def youngest(person: Person, day: date) -> int:
    """The least age in completed years."""
    span = born(person)
    return 0 if span is None else _years(span[1], day)


def is_child(person: Person, day: date) -> bool:
    """Is the person to be treated as a child on that day?"""
    return youngest(person, day) < ADULT


def too_young_to_ask(person: Person, day: date) -> bool:
    """Is it certain that nobody may ask this child?"""
    span = born(person)
    return span is not None and _years(span[0], day) < ASKED_FROM


def assent_needed(person: Person, day: date) -> str:
    """What a child must have agreed to."""
    age = youngest(person, day)
    return "WRITTEN_ASSENT" if age >= 15 else "ASSENT" if age >= 12 else "WILLING" if age >= 6 else "NOT_ASKED_YOUNG"


def _years(birth: date, day: date) -> int:
    return max(0, day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day)))
