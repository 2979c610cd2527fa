"""Joins the parts of screening into an app. The only module that knows them all."""

from fastapi import FastAPI

from services.screening.base import LEDGER
from services.screening.best_interests.handlers import BEST_INTERESTS
from services.screening.best_interests.routes import router as best_interests
from services.screening.determinations.handlers import DETERMINATIONS
from services.screening.determinations.routes import router as determinations
from services.screening.interviews.handlers import INTERVIEWS
from services.screening.interviews.routes import router as interviews
from services.screening.journey import JOURNEY
from services.screening.official_findings.handlers import OFFICIAL_FINDINGS
from services.screening.official_findings.routes import router as official_findings
from services.screening.reactions import REACTIONS
from shared.front import assemble
from shared.service import Runtime, Service

DESCRIPTION = """Interviews with consent, suggestions by rules that can be read, findings by named people, and to whom
a child may go. No answer and no finding ever leaves this service by an event."""


SERVICE = Service(
    name="screening",
    ledger=LEDGER,
    routers=[interviews, determinations, best_interests, official_findings],
    commands=[INTERVIEWS, DETERMINATIONS, BEST_INTERESTS, OFFICIAL_FINDINGS],
    journey=JOURNEY,
    reactions=REACTIONS,
    package=__package__,
    description=DESCRIPTION,
)


def create_app(runtime: Runtime) -> FastAPI:
    """The app of screening."""
    return assemble(SERVICE, runtime)
