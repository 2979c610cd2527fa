"""Joins the parts of grants into an app. The only module that knows them all."""

from fastapi import FastAPI

from services.grants.applications.handlers import APPLICATIONS
from services.grants.applications.routes import router as applications
from services.grants.base import LEDGER
from services.grants.businesses.handlers import BUSINESSES
from services.grants.businesses.routes import router as businesses
from services.grants.instalments.handlers import INSTALMENTS
from services.grants.instalments.routes import router as instalments
from services.grants.journey import JOURNEY
from services.grants.programmes.handlers import PROGRAMMES
from services.grants.programmes.routes import router as programmes
from services.grants.reactions import REACTIONS
from shared.front import assemble
from shared.service import Runtime, Service

DESCRIPTION = """Small-business grants: programmes, applications, instalments, and the businesses that came of them.
A grant is a gift; nothing here can say that somebody owes anything."""


SERVICE = Service(
    name="grants",
    ledger=LEDGER,
    routers=[programmes, applications, instalments, businesses],
    commands=[PROGRAMMES, APPLICATIONS, INSTALMENTS, BUSINESSES],
    journey=JOURNEY,
    reactions=REACTIONS,
    package=__package__,
    description=DESCRIPTION,
)


def create_app(runtime: Runtime) -> FastAPI:
    """The app of grants."""
    return assemble(SERVICE, runtime)
