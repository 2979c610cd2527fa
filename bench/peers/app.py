"""The peer: FastAPI and `eventsourcing` on the same PostgreSQL, doing a plain write, in an environment of its own.

It stores one event of an interview for a case and answers 201: no caller, no policy, no idempotency, no own view, no
audit, nothing sealed. Settings of the library come by the environment (`POSTGRES_…`).
"""

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from fastapi import FastAPI
from pydantic import BaseModel


class Interview(Aggregate):  # type: ignore[misc]
    """One interview, open or completed."""

    @event("Opened")  # type: ignore[untyped-decorator]
    def __init__(self, case_ref: str) -> None:
        self.case_ref = case_ref
        self.status = "open"


class OpenInterview(BaseModel):
    """The body of the request, as ours has it."""

    case_ref: str
    ref: str


interviews = Application()
app = FastAPI()


@app.post("/screening/v1/interviews", status_code=201)
def open_interview(command: OpenInterview) -> dict[str, str]:
    """In a thread of the framework's, since the library's recorder waits for the database."""
    interview = Interview(case_ref=command.case_ref)
    interviews.save(interview)
    return {"ref": str(interview.id), "status": interview.status}
