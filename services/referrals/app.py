"""The only place where the parts of referrals are joined."""

from fastapi import FastAPI

from services.referrals.base import LEDGER
from services.referrals.followups import routes as followups
from services.referrals.goals import routes as goals
from services.referrals.groups import routes as groups
from services.referrals.journey import JOURNEY
from services.referrals.memberships import routes as memberships
from services.referrals.organisations import routes as organisations
from services.referrals.plans import routes as plans
from services.referrals.reactions import REACTIONS
from services.referrals.service_referrals import routes as service_referrals
from shared.auth import Policy
from shared.front import assemble
from shared.service import Runtime, Service
from shared.web.problems import titles_of

THINGS = (organisations, groups, plans, goals, service_referrals, memberships, followups)


SERVICE = Service(
    name="referrals",
    ledger=LEDGER,
    routers=[thing.router for thing in THINGS],
    journey=JOURNEY,
    reactions=REACTIONS,
    policy=Policy.of(__package__),
    problems=titles_of(__package__),
    description="Plans, requests for services, groups and visits: what helps somebody to stay.",
)


def create_app(runtime: Runtime) -> FastAPI:
    """The referrals service, ready to start."""
    return assemble(SERVICE, runtime)
