"""The row of an interview, and one per answer: what was said is sealed, that a question was answered is not."""

from services.screening.base import Base
from services.screening.interviews.state import Answer, Interview, Said
from shared.model import C3
from shared.storage.tables import Thing, sealed


class InterviewRow(Interview, Thing, Base, table=True):
    """One interview."""

    __tablename__ = "interview"


class AnswerRow(Answer, Thing, Base, table=True):
    """One answer, added and never changed."""

    __tablename__ = "answer"
    said: bytes | None = sealed(Said, C3, subject="case_ref")
