"""The row of an interview, and one per answer: what was said is sealed, that a question was answered is not."""

from services.screening.base import Base
from services.screening.interviews.state import Answer, Interview, Said
from shared.auth import Belonging
from shared.model import C3
from shared.storage.tables import Thing, sealed


class InterviewRow(Interview, Thing, Base, table=True):
    """One interview."""

    __tablename__ = "interview"


INTERVIEW = Belonging(engaged="lead_organisation_ref")
"""It belongs to its case. The organisation of whoever asks took it on."""


class AnswerRow(Answer, Thing, Base, table=True):
    """One answer, added and never changed."""

    __tablename__ = "answer"
    said: bytes | None = sealed(Said, C3, subject="case_ref")
