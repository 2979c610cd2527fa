"""Joins the parts of intake; the only place where they meet."""

from fastapi import FastAPI

from services.intake.access_requests.handlers import ACCESS_REQUESTS
from services.intake.access_requests.routes import router as access_requests
from services.intake.base import LEDGER
from services.intake.c4_readings.handlers import C4_READINGS
from services.intake.c4_readings.routes import router as c4_readings
from services.intake.cases.handlers import CASES
from services.intake.cases.queries import file_of
from services.intake.cases.routes import router as cases
from services.intake.consents.handlers import CONSENTS
from services.intake.consents.routes import router as consents
from services.intake.disclosures.routes import router as disclosures
from services.intake.erasures.handlers import ERASURES
from services.intake.erasures.routes import router as erasures
from services.intake.glass.handlers import GLASS
from services.intake.glass.routes import router as glass
from services.intake.handovers.handlers import HANDOVERS
from services.intake.handovers.routes import router as handovers
from services.intake.households.handlers import HOUSEHOLDS
from services.intake.households.routes import router as households
from services.intake.journey import JOURNEY
from services.intake.lines.handlers import LINES
from services.intake.lines.routes import router as lines
from services.intake.persons.handlers import PERSONS
from services.intake.persons.routes import router as persons
from services.intake.provisions.handlers import PROVISIONS
from services.intake.provisions.routes import router as provisions
from services.intake.reactions import REACTIONS
from services.intake.stays.handlers import STAYS
from services.intake.stays.routes import router as stays
from shared.front import assemble
from shared.service import Runtime, Service

SERVICE = Service(
    name="intake",
    ledger=LEDGER,
    routers=[
        handovers,
        lines,
        persons,
        households,
        cases,
        access_requests,
        glass,
        c4_readings,
        consents,
        stays,
        provisions,
        disclosures,
        erasures,
    ],
    commands=[
        HANDOVERS,
        LINES,
        PERSONS,
        HOUSEHOLDS,
        CASES,
        ACCESS_REQUESTS,
        GLASS,
        C4_READINGS,
        CONSENTS,
        STAYS,
        PROVISIONS,
        ERASURES,
    ],
    journey=JOURNEY,
    reactions=REACTIONS,
    file_of=file_of,
    package=__package__,
    description="Who came home, with whom, what they agreed to, and where they sleep.",
)


def create_app(runtime: Runtime) -> FastAPI:
    """Intake as an ASGI app."""
    return assemble(SERVICE, runtime)
