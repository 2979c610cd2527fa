"""The only place where the parts of referrals are joined."""

from fastapi import FastAPI

from services.referrals.base import LEDGER
from services.referrals.followups import routes as followups
from services.referrals.followups.handlers import FOLLOWUPS
from services.referrals.goals import routes as goals
from services.referrals.goals.handlers import GOALS
from services.referrals.groups import routes as groups
from services.referrals.groups.handlers import GROUPS
from services.referrals.journey import JOURNEY
from services.referrals.memberships import routes as memberships
from services.referrals.memberships.handlers import MEMBERSHIPS
from services.referrals.organisations import routes as organisations
from services.referrals.organisations.handlers import ORGANISATIONS
from services.referrals.plans import routes as plans
from services.referrals.plans.handlers import PLANS
from services.referrals.proposals import routes as proposals
from services.referrals.proposals.handlers import PROPOSALS
from services.referrals.reactions import REACTIONS
from services.referrals.service_referrals import routes as service_referrals
from services.referrals.service_referrals.handlers import REQUESTS
from services.referrals.staff import routes as staff
from services.referrals.staff.handlers import MEETS, STAFF
from services.referrals.stewards import routes as stewards
from services.referrals.stewards.handlers import STEWARDS
from shared.front import assemble
from shared.service import Runtime, Service

THINGS = (organisations, proposals, stewards, staff, groups, plans, goals, service_referrals, memberships, followups)


SERVICE = Service(
    name="referrals",
    ledger=LEDGER,
    routers=[thing.router for thing in THINGS],
    commands=[ORGANISATIONS, PROPOSALS, STEWARDS, STAFF, PLANS, GOALS, REQUESTS, GROUPS, MEMBERSHIPS, FOLLOWUPS],
    journey=JOURNEY,
    reactions=REACTIONS,
    package=__package__,
    meets=MEETS,
    description="Plans, requests for services, groups and visits: what helps somebody to stay.",
)


def create_app(runtime: Runtime) -> FastAPI:
    """The referrals service, ready to start."""
    return assemble(SERVICE, runtime)
