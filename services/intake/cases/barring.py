"""Whom a conflict of interest keeps from a person: it is said in one case, and holds in each that the person has.

What was struck out counts as well: a bar is of the person, and no case that ends takes it away.
"""

from collections.abc import Iterable, Sequence

from services.intake.cases.state import Conflict
from services.intake.cases.tables import CaseRow
from shared.auth import EVERYBODY, Part, Place
from shared.ids import CaseRef, PersonRef, StaffRef, Subject
from shared.journey.parts import BARRED
from shared.reading import Reading
from shared.storage.tables import Row


def streams_of_all(peek: Reading, ref: CaseRef, person_ref: PersonRef) -> Iterable[Subject]:
    """A case, its person, and the person's other cases: whoever opens one holds the person's lock as well."""
    yield Subject("case", ref)
    yield Subject("person", person_ref)
    yield from (Subject("case", other) for other in others(peek, ref, person_ref))


def others(reading: Reading, ref: CaseRef, person_ref: PersonRef) -> list[CaseRef]:
    """The person's other cases, also closed ones and those that were struck out."""
    return [row["ref"] for row in reading.select(CaseRow, person_ref=person_ref) if row["ref"] != ref]


def at_person(cases: Iterable[Row]) -> Place:
    """Where everybody stands who is barred from one of these cases, and nobody else."""
    return Place(parts=tuple(Part(EVERYBODY, found.staff_ref, BARRED) for found in standing(cases)))


def places(cases: Iterable[Row]) -> Iterable[Place]:
    """Where whoever is barred stands to their person: by what these cases say, and by what was lost and still bars."""
    found = tuple(cases)
    yield at_person(found)
    yield from (Place(Subject("case", row["ref"]), gone=True) for row in found)


def of_lost_facts(reading: Reading, cases: Iterable[Row]) -> Sequence[StaffRef]:
    """Who is barred though no case says so: they were in a time that was lost, and nobody has looked yet."""
    found = tuple(cases)
    barred = reading.whose(BARRED, [Subject("case", row["ref"]) for row in found])
    known = {one.staff_ref for one in standing(found)}
    return tuple(staff_ref for staff_ref in barred if staff_ref not in known)


def standing(cases: Iterable[Row]) -> Sequence[Conflict]:
    """The conflicts of all these cases, one for each who is barred. Nobody was asked to end one that is new."""
    found = (Conflict.model_validate(one) for row in cases for one in row["conflicts"])
    return tuple({one.staff_ref: one.but(end_asked_by=None) for one in found}.values())
