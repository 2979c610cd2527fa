"""The rows of a scenario's files about what is decided and what follows: findings, homes, help, grants and visits."""

from typing import Literal

from story.cells import Amount, Code, Codes, Day, Instant, Key, Keys, Words, YesNo
from story.rows import OfPerson, SheetRow


class Decision(OfPerson):
    """A named person's finding. `reason` is a code when it departs from what was suggested."""

    decider: Key
    outcome: Code
    reason: Code | None = None
    words: Words | None = None
    second: Key | None = None
    at: Instant


class Placement(OfPerson):
    """A best-interests decision: who may receive this child, which options were set aside first, and who decided."""

    decided_by: Key
    panel: Keys
    receiver: Key
    option: Literal["PARENT", "OTHER_PARENT", "KIN"]
    set_aside: Codes = ()
    child_view: Words | None = None
    view_not_given: Literal["TOO_YOUNG", "DID_NOT_WISH", "UNABLE"] | None = None
    reasons: Words
    review_on: Day
    at: Instant


class Help(OfPerson):
    """Help that was given: at the centre (`CENTRE`) or by an organisation somebody was referred to (`REFERRAL`)."""

    code: Code
    through: Literal["CENTRE", "REFERRAL"]
    provider: Key
    quantity: Amount
    unit: Code | None = None
    begins: Instant
    ends: Instant


class Membership(SheetRow):
    """A household joins a group; the person is who joins for it."""

    group: Key
    person: Key
    joined: Instant


class Grant(SheetRow):
    """An application and who did what to it. Money is in minor units (cents) of the programme's currency."""

    key: Key
    person: Key
    activity: Code
    amount: Amount
    own_contribution: Amount
    sales_per_month: Amount
    risks: Codes
    prepared_by: Key
    assessed_by: Key
    committee: Keys
    agreed_by: Key
    paid_by: Key
    reconciled_by: Key
    submitted: Instant
    assessed: Instant
    decided: Instant
    agreed: Instant


class Cost(SheetRow):
    """One line of a grant's plan."""

    grant: Key
    item: Code
    quantity: Amount
    unit_price: Amount


class Instalment(SheetRow):
    """One payment of a grant: paid, shown to be spent, and counted after."""

    grant: Key
    number: Amount
    amount: Amount
    paid: Instant | None = None
    receipts: Amount | None = None
    evidenced: Instant | None = None
    reconciled: Instant | None = None


class BusinessCheck(SheetRow):
    """Somebody looked at how a grant's business does."""

    grant: Key
    visitor: Key
    at: Instant
    running: YesNo
    findings: Codes = ()


class Visit(OfPerson):
    """A follow-up of the schedule that was made or missed; those still to come stand in no file."""

    slot: Code
    visitor: Key
    at: Instant
    result: Literal["DONE", "MISSED"]
    reason: Code | None = None
    findings: Codes = ()
