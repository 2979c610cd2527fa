"""Who sees which classes of field in a single read, written by hand: the policy is not asked.

A row: the routes of things, how somebody stands to it, in which roles, and the classes that opens. `UP_TO` is what the
role may see at most in a team: where somebody sleeps is for who hosts them. Whoever no row is for gets the same answer
as for a thing that is not there.
"""

from typing import NamedTuple

from shared.auth import Role
from tests.support.standing import Standing

AUTHORITIES = "SENDING_AUTHORITY CONSULAR_OFFICER RECEIVING_AUTHORITY"
CASEWORK = "INTAKE_OFFICER CASEWORKER SUPERVISOR"
WHO = f"{CASEWORK} INTERVIEWER DECIDER SOCIAL_AFFAIRS REFERRAL_COORDINATOR GRANTS_OFFICER"
GRANTS = "CASEWORKER SUPERVISOR GRANTS_OFFICER GRANTS_ASSESSOR GRANTS_APPROVER DISBURSER RECONCILER SOCIAL_AFFAIRS"
AFTERCARE = "CASEWORKER REFERRAL_COORDINATOR SOCIAL_AFFAIRS SUPERVISOR"
SCREENING = f"{CASEWORK} INTERVIEWER DECIDER SOCIAL_AFFAIRS"
RECEPTION = "SOCIAL_AFFAIRS INTAKE_OFFICER SUPERVISOR"
STAFF = (
    f"{AUTHORITIES} {WHO} SERVICE_PROVIDER GRANTS_ASSESSOR GRANTS_APPROVER DISBURSER RECONCILER ANALYST PRIVACY_OFFICER"
    " DIRECTORY_STEWARD"
)

AT_MOST = {
    f"{AUTHORITIES} SERVICE_PROVIDER": "C0 C1 C2",
    "SOCIAL_AFFAIRS DISBURSER": "C0 C1 C2 CX",
    CASEWORK: "C0 C1 C2 C3 CX",
    "INTERVIEWER REFERRAL_COORDINATOR GRANTS_OFFICER": "C0 C1 C2 C3 CX",
    "DECIDER GRANTS_ASSESSOR GRANTS_APPROVER": "C0 C1 C3 CX",
    "RECONCILER": "C0 C1 CX",
    "ANALYST DIRECTORY_STEWARD": "C0 C1",
    "OPERATOR": "C0",
    "PRIVACY_OFFICER": "C0 CX",
}
UP_TO, PLAIN = "up to", "C0 C1 CX"
TEAM, OWN, HOST, SENDER, RECEIVER, PROVIDER, CONSULATE, BODY = (
    Standing.TEAM,
    Standing.OWN,
    Standing.HOST,
    Standing.SENDER,
    Standing.RECEIVER,
    Standing.PROVIDER,
    Standing.CONSULATE,
    Standing.BODY,
)
ANY = None


class Row(NamedTuple):
    """One line of the table."""

    things: str
    standing: Standing | None
    roles: str
    classes: str


TABLE = (
    # Intake
    Row("handovers", SENDER, "SENDING_AUTHORITY", PLAIN),
    Row("handovers", CONSULATE, "CONSULAR_OFFICER", PLAIN),
    Row("handovers", RECEIVER, f"RECEIVING_AUTHORITY {RECEPTION}", PLAIN),
    Row("handovers", HOST, f"RECEIVING_AUTHORITY {RECEPTION}", PLAIN),
    Row("lines", SENDER, "SENDING_AUTHORITY", "C0 C1 C2 C3 CX"),
    Row("lines", CONSULATE, "CONSULAR_OFFICER", "C0 C1 C2"),
    Row("lines", RECEIVER, "RECEIVING_AUTHORITY SOCIAL_AFFAIRS", "C0 C1 C2"),
    Row("lines", HOST, "RECEIVING_AUTHORITY SOCIAL_AFFAIRS", "C0 C1 C2"),
    Row("lines", RECEIVER, "INTAKE_OFFICER SUPERVISOR", "C0 C1 C2 C3 CX"),
    Row("lines", HOST, "INTAKE_OFFICER SUPERVISOR", "C0 C1 C2 C3 CX"),
    Row("persons households intake-cases consents stays provisions", TEAM, WHO, UP_TO),
    Row("persons households intake-cases consents stays provisions", OWN, WHO, PLAIN),
    Row("persons", HOST, CASEWORK, "C0 C1 C2"),
    Row("intake-cases journey", HOST, CASEWORK, "C0"),
    Row("stays", HOST, CASEWORK, "C0 C1 C4 CX"),
    Row("provisions", HOST, CASEWORK, PLAIN),
    Row("access-requests", SENDER, WHO, PLAIN),
    Row("access-requests", OWN, "SUPERVISOR", PLAIN),
    Row("disclosures", PROVIDER, f"{CASEWORK} REFERRAL_COORDINATOR SERVICE_PROVIDER", "C0 C1 C2"),
    Row("outline", PROVIDER, f"{CASEWORK} REFERRAL_COORDINATOR SERVICE_PROVIDER", "C0 C1"),
    Row("glass", OWN, "SUPERVISOR", "C0 C1 C3"),
    Row("glass", ANY, "PRIVACY_OFFICER", "C0"),
    Row("erasures", OWN, "CASEWORKER SUPERVISOR", "C0"),
    Row("erasures", ANY, "PRIVACY_OFFICER", "C0"),
    Row("c4-readings", TEAM, "INTAKE_OFFICER CASEWORKER SUPERVISOR", "C0 C1"),
    Row("c4-readings", OWN, "INTAKE_OFFICER CASEWORKER SUPERVISOR", "C0 C1"),
    Row("c4-readings", ANY, "PRIVACY_OFFICER", "C0"),
    # Screening
    Row("interviews", TEAM, SCREENING, UP_TO),
    Row("interviews", OWN, SCREENING, PLAIN),
    Row("answers", TEAM, "INTERVIEWER DECIDER SUPERVISOR", UP_TO),
    Row("determinations", TEAM, "DECIDER SUPERVISOR SOCIAL_AFFAIRS INTERVIEWER CASEWORKER RECEIVING_AUTHORITY", UP_TO),
    Row("determinations", OWN, "DECIDER SUPERVISOR SOCIAL_AFFAIRS INTERVIEWER CASEWORKER RECEIVING_AUTHORITY", PLAIN),
    Row("assessment", TEAM, "DECIDER SUPERVISOR INTERVIEWER", UP_TO),
    Row("findings", TEAM, "DECIDER SUPERVISOR SOCIAL_AFFAIRS CASEWORKER", UP_TO),
    Row("best-interests", TEAM, SCREENING, UP_TO),
    Row("best-interests", OWN, SCREENING, PLAIN),
    Row("official-findings official-finding-of-case", BODY,
        "DECIDER SUPERVISOR SOCIAL_AFFAIRS RECEIVING_AUTHORITY", "C0 C3"),
    Row("forms", ANY, "INTERVIEWER DECIDER SUPERVISOR CASEWORKER SOCIAL_AFFAIRS", PLAIN),
    # Referrals
    Row("staff", OWN, "SUPERVISOR", "C0 C2 CX"),
    Row("organisations", ANY, f"{CASEWORK} GRANTS_OFFICER REFERRAL_COORDINATOR SERVICE_PROVIDER SOCIAL_AFFAIRS",
        "C0 C1 C2 CX"),
    Row("organisations", ANY, "DIRECTORY_STEWARD", "C0 C1"),
    Row("proposals stewards", TEAM, "DIRECTORY_STEWARD", UP_TO),
    Row("groups", ANY, f"{AFTERCARE} GRANTS_OFFICER", PLAIN),
    Row("plans", TEAM, f"{AFTERCARE} GRANTS_OFFICER", UP_TO),
    Row("plans", OWN, f"{AFTERCARE} GRANTS_OFFICER", PLAIN),
    Row("goals memberships followups", TEAM, AFTERCARE, UP_TO),
    Row("goals memberships followups", OWN, AFTERCARE, PLAIN),
    Row("service-referrals", TEAM, f"{CASEWORK} REFERRAL_COORDINATOR", UP_TO),
    Row("service-referrals", OWN, f"{CASEWORK} REFERRAL_COORDINATOR", PLAIN),
    Row("service-referrals", PROVIDER, f"{CASEWORK} REFERRAL_COORDINATOR SERVICE_PROVIDER", "C0 C1 C3"),
    # Grants
    Row("programmes", OWN, GRANTS, PLAIN),
    Row("programmes", ANY, GRANTS, "C0"),
    Row("applications instalments businesses", TEAM, GRANTS, UP_TO),
    Row("applications instalments businesses", OWN, GRANTS, PLAIN),
    # What all services answer alike
    Row("journey", TEAM, WHO, UP_TO),
    Row("codes", ANY, STAFF, PLAIN),
    Row("intake-attention", ANY, "SUPERVISOR PRIVACY_OFFICER", "C0"),
    Row("screening-attention referrals-attention grants-attention", ANY, "SUPERVISOR PRIVACY_OFFICER", "C0"),
)  # fmt: skip


def expected(thing: str, role: Role, standing: Standing) -> frozenset[str] | None:
    """The classes by the table; None for whoever no row is for."""
    holds = {standing, ANY, *({OWN} if standing is TEAM else ())}
    rows = [row for row in TABLE if thing in row.things.split() and row.standing in holds and role in row.roles.split()]
    most = next(classes for roles, classes in AT_MOST.items() if role in roles.split())
    opened = [most if row.classes == UP_TO else row.classes for row in rows]
    return frozenset(" ".join(opened).split()) if rows else None
