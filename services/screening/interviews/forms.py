"""The screening form: questions in three languages, and what a YES to each of them can show.

Nobody answers an indicator. Questions are answered; the frozen form version says which indicators, acts,
purposes and other elements a question feeds, and no question feeds two indicators of one dimension.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from services.screening.interviews.state import Profile
from shared.codes import Language, labelled


@labelled("question_phase")
class Phase(StrEnum):
    """When a fact happened: a sign of recruitment and its twin at the destination need two questions."""

    RECRUIT = "RECRUIT"
    DESTINATION = "DESTINATION"
    ANY = "ANY"


class Element(StrEnum):
    """What else a question can show."""

    STREET_WORK = "STREET_WORK"
    DIRECTED = "DIRECTED"
    PROCEEDS_TAKEN = "PROCEEDS_TAKEN"
    CHILD_USED = "CHILD_USED"
    SMUGGLING = "SMUGGLING"
    DETAINED = "DETAINED"
    DISREGARDED = "DISREGARDED"
    ACCOMPANIED = "ACCOMPANIED"
    REPEAT_RETURN = "REPEAT_RETURN"
    SUSPECTED_EXPLOITER = "SUSPECTED_EXPLOITER"


@labelled("question_kind")
class Kind(StrEnum):
    """How a question is answered."""

    YES_NO = "YES_NO"


Words = Mapping[Language, str]


@dataclass(frozen=True)
class Section:
    """Questions that belong together, in the order in which they are asked."""

    code: str
    phase: Phase
    title: Words


@dataclass(frozen=True)
class Question:
    """One question and all that a YES to it can show."""

    code: str
    section: str
    phase: Phase
    text: Words
    kind: Kind = Kind.YES_NO
    profiles: frozenset[Profile] = frozenset(Profile)
    indicators: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    elements: frozenset[Element] = frozenset()


@dataclass(frozen=True)
class Form:
    """A version of the form. It never changes; the next one is another file."""

    version: str
    valid_from: date
    sections: tuple[Section, ...]
    questions: Mapping[str, Question]

    def asked(self, profile: Profile) -> tuple[Question, ...]:
        """The questions for a child or for an adult, in order."""
        return tuple(question for question in self.questions.values() if profile in question.profiles)


def _words(written: Mapping[str, object]) -> Words:
    return MappingProxyType({language: str(written[language]) for language in Language})


def _section(written: Mapping[str, Any]) -> Section:
    return Section(code=written["code"], phase=Phase(written["phase"]), title=_words(written))


def _question(written: Mapping[str, Any], sections: Mapping[str, Section]) -> Question:
    section = sections[written["section"]]
    return Question(
        code=written["code"],
        section=section.code,
        phase=Phase(written.get("phase", section.phase)),
        text=_words(written),
        kind=Kind(written.get("kind", Kind.YES_NO)),
        profiles=frozenset(Profile(profile) for profile in written.get("profiles", Profile)),
        indicators=tuple(written.get("indicators", ())),
        acts=tuple(written.get("acts", ())),
        actors=tuple(written.get("actors", ())),
        purposes=tuple(written.get("purposes", ())),
        elements=frozenset(Element(element) for element in written.get("elements", ())),
    )


def read(text: str) -> Form:
    """The form written in a TOML text. A question code that stands twice is an error."""
    written = tomllib.loads(text)
    sections = {section.code: section for section in map(_section, written["section"])}
    questions: dict[str, Question] = {}
    for question in (_question(entry, sections) for entry in written["question"]):
        if questions.setdefault(question.code, question) is not question:
            raise ValueError(f"question {question.code} stands twice")
    return Form(written["version"], written["valid_from"], tuple(sections.values()), MappingProxyType(questions))


def _forms() -> Mapping[str, Form]:
    here = files("services.screening.interviews")
    texts = (here / name for name in ("form_2026_1.toml",))
    return MappingProxyType({form.version: form for form in (read(text.read_text("utf-8")) for text in texts)})


FORMS = _forms()
LATEST = max(FORMS.values(), key=lambda form: form.valid_from)


def form_of(version: str) -> Form:
    """The form of that version, as it was when the interview began."""
    return FORMS[version]
