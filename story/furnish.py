"""Gives invented people the rest of their story: a bed, an interview, a finding, a way home, help, visits.

It writes only what follows from who they are; who they are comes from `generate`. Rows are dicts of cells.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle
from random import Random

from story.furnish_answers import QUESTIONS, Answers

__all__ = ["QUESTIONS"]
Cells = dict[str, str]
HANDED_OVER = date(2015, 11, 4)
SCHOOLING_FROM, ADULT_FROM = 6, 18
REASONS = {
    "VOT_PRESUMED": "EXPLOITATION_ESTABLISHED",
    "CHILD_AT_RISK": "ADDITIONAL_INFORMATION",
    "CARRIED": "CHILD_DIRECTED_BY_OTHERS",
    "REVIEW": "MEANS_NOT_ESTABLISHED",
}
WORDS = {
    "VOT_PRESUMED": "សាក្សីបញ្ជាក់ថា កុមារត្រូវបានបង្ខំឲ្យធ្វើការពេលយប់ ហើយដេកតាមផ្លូវ។",
    "CHILD_AT_RISK": "បន្ទាប់ពីសម្ភាស កុមារបានប្រាប់អ្នកជួយគាំទ្រថា នាងត្រូវបានឲ្យសុំទាន ហើយលុយត្រូវគេយកអស់។",
    "CARRIED": "ទារកត្រូវបានគេយកទៅសុំទានក្រោមការបញ្ជារបស់អ្នកដទៃ។",
    "REVIEW": "ពួកគាត់ក្រីក្រ ប៉ុន្តែគ្មាននរណាម្នាក់កេងចំណេញលើភាពក្រីក្រនោះដើម្បីនាំទៅទេ។",
}
INTERVIEWERS = ("chan-interviewer", "kim-interviewer", "phal-interviewer")


def moment(day: date, hour: int, minute: int = 0) -> str:
    """A cell for a moment on the border's clocks."""
    return f"{day} {hour:02d}:{minute:02d}"


def after(days: int) -> date:
    """A day counted from the hand-over."""
    return HANDED_OVER + timedelta(days=days)


@dataclass(frozen=True)
class Somebody:
    """An invented person as `generate` leaves them: a line of people.csv and what the line does not say."""

    cells: Cells
    age: int
    profile: str
    receiver: str | None
    implicated: bool = False
    extra: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        return self.cells["key"]

    @property
    def child(self) -> bool:
        return self.age < ADULT_FROM

    @property
    def observed(self) -> bool:
        return self.age < SCHOOLING_FROM


def stays(people: list[Somebody]) -> Iterator[Cells]:
    """Rooms by sex and age, apart where a caregiver is implicated; children leave with an escort and to somebody."""
    for number, one in enumerate(people):
        girl_or_woman = one.cells["sex"] == "FEMALE"
        room = (
            "R5-QUIET"
            if one.implicated
            else {
                (True, True): "R1-GIRLS",
                (True, False): "R2-BOYS",
                (False, True): "R3-WOMEN",
                (False, False): "R4-MEN",
            }[one.child, girl_or_woman]
        )
        travel = ("BUS", "CENTRE_VEHICLE", "FAMILY_FETCHED")[number % 3 if one.child else number % 2]
        yield {
            "person": one.key,
            "room": room,
            "bed": f"{room[:2]}-{number + 1:02d}",
            "admitted": moment(HANDED_OVER, 11, number % 60),
            "urgent_checked": moment(HANDED_OVER, 12, number % 60),
            "urgent_needs": "MEDICAL;INFANT_CARE" if one.observed else "FOOD;REST" if number % 4 == 0 else "",
            "travel": travel,
            "escort": "nary-escort" if one.child else "",
            "receiver": one.receiver or "",
            "departs": moment(after(4 + number % 3), 8, number % 60),
        }


def assent(one: Somebody) -> str:
    """How a child of that age agrees."""
    bands = {15: "WRITTEN_ASSENT", 12: "ASSENT", SCHOOLING_FROM: "WILLING"}
    return next((form for age, form in bands.items() if one.child and one.age >= age), "NOT_ASKED_YOUNG")


def consents(people: list[Somebody]) -> Iterator[Cells]:
    """Own consent of adults; for children the social-affairs officer permits and the child of six or more agrees."""
    for number, one in enumerate(people):
        when = moment(HANDED_OVER, 14, number % 60)
        given = {
            "person": one.key,
            "given_by": "vanna-dosvy" if one.child else one.key,
            "recipient": "",
            "witness": "",
            "signature": "WRITTEN" if one.child else "THUMBPRINT",
            "assent": assent(one),
            "given": when,
        }
        recipients = ["chantrea-school"] if one.child else ["svay-rieng-tvet"]
        wanted = [("INTERVIEW", ""), ("STORE", ""), *(("SHARE", key) for key in [*recipients, "village-network"])]
        for purpose, recipient in wanted if one.child else [*wanted, ("GRANT", "")]:
            yield given | {"purpose": purpose, "recipient": recipient, "answer": "GRANTED"}
        yield given | {"purpose": "PHOTOGRAPH", "answer": "REFUSED" if number % 2 else "GRANTED"}
        yield given | {"purpose": "MEDIA", "answer": "REFUSED"}


def interviews(people: list[Somebody]) -> Iterator[Cells]:
    """Two days, three interviewers, one person at a time each."""
    free: dict[str, datetime] = {}
    for number, (one, interviewer) in enumerate(zip(people, cycle(INTERVIEWERS), strict=False)):
        starts = free.get(interviewer, datetime(2015, 11, 5, 7, 30))  # noqa: DTZ001 - a cell on the border's clocks
        ends = starts + timedelta(minutes=20 if one.observed else 45)
        free[interviewer] = ends + timedelta(minutes=5)
        yield {
            "person": one.key,
            "interviewer": interviewer,
            "support": "mealea-support" if one.child else "",
            "language": "km",
            "method": "OBSERVATION" if one.observed else "INTERVIEW",
            "starts": f"{starts:%Y-%m-%d %H:%M}",
            "ends": f"{ends:%Y-%m-%d %H:%M}",
            "first_month": f"2015-{4 + number % 4:02d}",
            "last_month": "2015-08",
        }


def answers(people: list[Somebody], draw: Random) -> Iterator[Cells]:
    """A line per person; of those under six only others could tell."""
    sets = Answers(draw)
    for one in people:
        source = "THIRD_PARTY" if one.observed else "SELF"
        yield {"person": one.key, "source": source} | sets.told(one.profile, one.child, one.extra)


def decisions(people: list[Somebody]) -> Iterator[Cells]:
    """Children are found to be victims of trafficking, by another person than who asked; adults exploited migrants."""
    for number, one in enumerate(people):
        reason = REASONS.get(one.profile, "AGREES_WITH_SUGGESTION")
        yield {
            "person": one.key,
            "decider": ("bopha-decider", "rith-decider")[number % 2],
            "outcome": "VOT" if one.child else "EXPLOITED_MIGRANT",
            "reason": reason,
            "words": WORDS.get(one.profile, ""),
            "second": "rith-decider"
            if one.profile == "REVIEW" and number % 2 == 0
            else "bopha-decider"
            if one.profile == "REVIEW"
            else "",
            "at": moment(after(3), 8 + number // 30 % 10, number % 30 * 2),
        }


VIEWS = (
    "ខ្ញុំចង់ទៅផ្ទះ ហើយទៅរៀនវិញ។",
    "ខ្ញុំចង់នៅជាមួយគ្រួសារ ខ្ញុំមិនចង់ត្រឡប់ទៅទីនោះទៀតទេ។",
    "ខ្ញុំចង់រៀន ហើយលេងជាមួយមិត្តភក្តិ។",
)
SAFE = "គ្រួសារមានផែនការសុវត្ថិភាព ហើយអ្នកទទួលបន្ទុកនឹងចុះសួរសុខទុក្ខ។"
APART = "អ្នកថែទាំម្នាក់ត្រូវបានសង្ស័យ ដូច្នេះកុមារទៅនៅជាមួយអ្នកដែលមិនពាក់ព័ន្ធ។"


def placements(people: list[Somebody]) -> Iterator[Cells]:
    """Every child, before the way home: to a caregiver who is not implicated; a panel where somebody is."""
    for number, one in enumerate(one for one in people if one.child):
        yield {
            "person": one.key,
            "decided_by": "vanna-dosvy",
            "panel": "vanna-dosvy;bopha-decider;leakhena-caseworker"
            if one.implicated
            else "vanna-dosvy;mealea-support",
            "receiver": one.receiver or "",
            "option": "OTHER_PARENT" if one.implicated else "PARENT",
            "set_aside": "PARENT" if one.implicated else "",
            "child_view": "" if one.observed else VIEWS[number % len(VIEWS)],
            "view_not_given": "TOO_YOUNG" if one.observed else "",
            "reasons": APART if one.implicated else SAFE,
            "review_on": str(after(93)),
            "at": moment(after(3), 18, number % 60),
        }


FOLLOWING = {
    "schoolchild": (
        ("EDU-ENROL", "chantrea-school", "1", "ENROLMENT", 15, 22),
        ("EDU-MATERIAL", "chantrea-school", "1", "KIT", 15, 22),
    ),
    "small child": (("FOOD-PACK", "village-network", "30", "KILOGRAM", 15, 15),),
    "adult": (
        ("SKL-FIN", "svay-rieng-tvet", "5", "DAY", 19, 23),
        ("FOOD-PACK", "village-network", "30", "KILOGRAM", 15, 15),
    ),
}
"""Which help follows for whom: service, provider, how much of what, first and last day after the hand-over."""


def help_given(people: list[Somebody]) -> Iterator[Cells]:
    """What each was given at the centre, and what the family's plan brought after."""
    for number, one in enumerate(people):
        nights = 4 + number % 3
        centre = {
            "BED_NIGHT": nights,
            "MEAL": 3 * nights,
            "HYGIENE_KIT": 1,
            "MEDICAL_CARE": 1,
            "COUNSELLING": 1 + number % 3,
        }
        for code, quantity in (centre | {"INFANT_KIT": 1} if one.observed else centre).items():
            yield help_row(one, (code, "bavet-centre", str(quantity), "", 0, 4), through="CENTRE")
        kind = "adult" if not one.child else "small child" if one.observed else "schoolchild"
        for what in FOLLOWING[kind]:
            yield help_row(one, what)


def help_row(one: Somebody, what: tuple[str, str, str, str, int, int], through: str = "REFERRAL") -> Cells:
    """One line of help.csv."""
    code, provider, quantity, unit, first, last = what
    said = {"code": code, "through": through, "provider": provider, "quantity": quantity, "unit": unit}
    return {"person": one.key, **said, "begins": moment(after(first), 13), "ends": moment(after(last), 17)}


def visits(people: list[Somebody]) -> Iterator[Cells]:
    """The first follow-ups: all after a month, children after two weeks and two months too. The last one is missed."""
    for number, one in enumerate(people):
        slots = [("WEEK_2", 19), ("MONTH_1", 35), ("MONTH_2", 67)] if one.child else [("MONTH_1", 35)]
        for slot, days in slots:
            missed = slot == "MONTH_1" and number == len(people) - 1
            yield {
                "person": one.key,
                "slot": slot,
                "visitor": "leakhena-caseworker",
                "at": moment(after(days), 9 + number % 8, 15),
                "result": "MISSED" if missed else "DONE",
                "reason": "ROAD_OR_FLOOD" if missed else "",
                "findings": ""
                if missed
                else "SAFE_AT_HOME;IN_SCHOOL"
                if one.child and not one.observed
                else "SAFE_AT_HOME",
            }
