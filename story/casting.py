"""The roles that may do what a column or a duty says, as in the services' policies. A test compares the two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.auth import Role
from story.problem import Problem

if TYPE_CHECKING:
    from story.scenario import Scenario

COLUMNS = {
    ("interviews", "interviewer"): "screening.interview.start",
    ("decisions", "decider"): "screening.determination.make",
    ("decisions", "second"): "screening.determination.confirm",
    ("placements", "decided_by"): "screening.best_interests.propose",
    ("placements", "panel"): "screening.best_interests.confirm",
    ("grants", "prepared_by"): "grants.application.submit",
    ("grants", "assessed_by"): "grants.application.assess",
    ("grants", "committee"): "grants.application.vote",
    ("grants", "agreed_by"): "grants.application.sign_agreement",
    ("grants", "paid_by"): "grants.instalment.pay",
    ("grants", "reconciled_by"): "grants.instalment.reconcile",
    ("checks", "visitor"): "grants.business.check",
    ("visits", "visitor"): "referrals.followup.record",
}
"""Which action of the policy the worker in this column takes."""

DUTIES = {
    "LISTS": "intake.handover.announce",
    "CONFIRMS": "intake.handover.confirm",
    "COUNTERSIGNS": "intake.handover.arrive",
    "RECEIVES": "intake.stay.admit",
    "SUPERVISES": "grants.programme.open",
    "INTERVIEWS": "screening.interview.start",
    "PLANS": "referrals.membership.join",
    "COORDINATES": "referrals.organisation.register",
    "PROVIDES": "referrals.service_referral.deliver",
}

R = Role
CASEWORK = frozenset({R.CASEWORKER, R.REFERRAL_COORDINATOR, R.SUPERVISOR})
DECIDING = frozenset({R.DECIDER, R.SUPERVISOR, R.SOCIAL_AFFAIRS, R.INTERVIEWER, R.RECEIVING_AUTHORITY})
ROLES = {
    "intake.handover.announce": frozenset({R.SENDING_AUTHORITY}),
    "intake.handover.confirm": frozenset({R.CONSULAR_OFFICER}),
    "intake.handover.arrive": frozenset({R.RECEIVING_AUTHORITY}),
    "intake.stay.admit": frozenset({R.INTAKE_OFFICER, R.CASEWORKER, R.SUPERVISOR}),
    "screening.interview.start": frozenset({R.INTERVIEWER, R.SUPERVISOR}),
    "screening.determination.make": DECIDING,
    "screening.determination.confirm": DECIDING,
    "screening.best_interests.propose": frozenset({R.SUPERVISOR, R.SOCIAL_AFFAIRS, R.CASEWORKER}),
    "screening.best_interests.confirm": frozenset(
        {R.SUPERVISOR, R.SOCIAL_AFFAIRS, R.CASEWORKER, R.DECIDER, R.INTERVIEWER, R.INTAKE_OFFICER}
    ),
    "referrals.membership.join": CASEWORK,
    "referrals.organisation.register": frozenset({R.REFERRAL_COORDINATOR, R.SUPERVISOR}),
    "referrals.service_referral.deliver": CASEWORK | {R.INTAKE_OFFICER, R.SERVICE_PROVIDER},
    "referrals.followup.record": CASEWORK | {R.SOCIAL_AFFAIRS},
    "grants.programme.open": frozenset({R.SUPERVISOR}),
    "grants.application.submit": frozenset({R.GRANTS_OFFICER, R.CASEWORKER}),
    "grants.application.assess": frozenset({R.GRANTS_ASSESSOR}),
    "grants.application.vote": frozenset({R.GRANTS_APPROVER, R.SUPERVISOR}),
    "grants.application.sign_agreement": frozenset({R.GRANTS_OFFICER, R.CASEWORKER, R.SUPERVISOR}),
    "grants.instalment.pay": frozenset({R.DISBURSER}),
    "grants.instalment.reconcile": frozenset({R.RECONCILER}),
    "grants.business.check": frozenset({R.GRANTS_OFFICER, R.CASEWORKER, R.SUPERVISOR}),
}


def _may_not(role: Role, action: str) -> str | None:
    """Why a role cannot do it."""
    roles = ROLES[action]
    return None if role in roles else f"has the role {role}; this is done by {' or '.join(sorted(roles))}"


def miscast(scenario: Scenario) -> Iterator[Problem]:
    """Workers in a column or with a duty that their role does not allow."""
    for (name, column), action in COLUMNS.items():
        sheet = getattr(scenario, name)
        for line, row in sheet.located():
            named = getattr(row, column)
            for key in (named,) if isinstance(named, str) else named or ():
                told = key in scenario.staff and _may_not(scenario.staff[key].role, action)
                if told:
                    yield Problem(sheet.file, line, column, f"{key} {told}")
    for number, worker in enumerate(scenario.header.staff):
        for duty in worker.duties:
            told = duty in DUTIES and _may_not(worker.role, DUTIES[duty])
            if told:
                yield scenario.in_header(f"{duty}: {worker.key} {told}", "staff", str(number), "role")


def at_work(scenario: Scenario, person: str) -> frozenset[str]:
    """Who works on the case of somebody, from the first day or with the plan: nobody else may visit."""
    always = {worker.key for worker in scenario.header.staff if "SUPERVISES" in worker.duties}
    for_children = {worker.key for worker in scenario.header.staff if "PROTECTS" in worker.duties}
    first = {scenario.on_duty(duty).key for duty in ("RECEIVES", "PLANS")}
    return frozenset(always | first | (for_children if person in scenario.children else set()))
