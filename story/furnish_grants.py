"""Grants for invented adults: one per household, in two instalments, each step by another person. Money in cents."""

from collections.abc import Iterator

from story.furnish import Cells, Somebody, after, moment

ACTIVITIES = (
    ("GROCERY", (("STOCK", 1, 18_000), ("BUILDING", 1, 7_000))),
    ("POULTRY", (("ANIMALS", 60, 150), ("FEED", 10, 1_100), ("BUILDING", 1, 4_000))),
    ("VEGETABLES", (("SEED", 12, 250), ("TOOLS", 1, 14_600))),
    ("SEWING", (("TOOLS", 1, 16_500), ("STOCK", 20, 300))),
    ("FOOD_STALL", (("BUILDING", 1, 9_000), ("TOOLS", 1, 4_500), ("STOCK", 1, 6_500))),
    ("PIGS", (("ANIMALS", 4, 4_500), ("FEED", 6, 1_800))),
)


def _applicants(people: list[Somebody]) -> list[Somebody]:
    """One adult per household; nobody who is implicated in a child's exploitation."""
    first: dict[str, Somebody] = {}
    for one in people:
        if not one.child and not one.cells["implicated_for"]:
            first.setdefault(one.cells["household"], one)
    return list(first.values())


def _amount(number: int) -> int:
    return sum(quantity * price for _, quantity, price in ACTIVITIES[number % len(ACTIVITIES)][1])


def grants(people: list[Somebody]) -> Iterator[Cells]:
    """An application per household."""
    for number, one in enumerate(_applicants(people)):
        yield {
            "key": f"grant-{one.key}",
            "person": one.key,
            "activity": ACTIVITIES[number % len(ACTIVITIES)][0],
            "amount": str(_amount(number)),
            "own_contribution": str(2_000 + 500 * (number % 4)),
            "sales_per_month": str(9_000 + 1_000 * (number % 5)),
            "risks": "FLOOD;LOW_SALES" if number % 2 else "ANIMAL_DISEASE;PRICE",
            "prepared_by": "dara-grants",
            "assessed_by": "mony-assessor",
            "committee": "sovann-committee;neary-committee;phirun-committee",
            "agreed_by": "dara-grants",
            "paid_by": "sreymom-cashier",
            "reconciled_by": "veasna-accounts",
            "submitted": moment(after(26), 9, number % 60),
            "assessed": moment(after(29), 9, number % 60),
            "decided": moment(after(34), 14, number % 60),
            "agreed": moment(after(36), 9, number % 60),
        }


def costs(people: list[Somebody]) -> Iterator[Cells]:
    """The lines of each plan."""
    for number, one in enumerate(_applicants(people)):
        for item, quantity, price in ACTIVITIES[number % len(ACTIVITIES)][1]:
            yield {"grant": f"grant-{one.key}", "item": item, "quantity": str(quantity), "unit_price": str(price)}


def instalments(people: list[Somebody]) -> Iterator[Cells]:
    """Sixty in a hundred at once, the rest after a visit and receipts for the first."""
    for number, one in enumerate(_applicants(people)):
        amount = _amount(number)
        first = amount * 60 // 100
        for step, (part, paid) in enumerate([(first, 40), (amount - first, 75)], 1):
            yield {
                "grant": f"grant-{one.key}",
                "number": str(step),
                "amount": str(part),
                "paid": moment(after(paid), 10, number % 60),
                "receipts": str(part),
                "evidenced": moment(after(paid + 15), 9, number % 60),
                "reconciled": moment(after(paid + 18), 9, number % 60),
            }


def checks(people: list[Somebody]) -> Iterator[Cells]:
    """A visit to each business before the second instalment."""
    for number, one in enumerate(_applicants(people)):
        yield {
            "grant": f"grant-{one.key}",
            "visitor": "leakhena-caseworker",
            "at": moment(after(60), 9, number % 60),
            "running": "yes",
            "findings": "STOCK_PRESENT;SALES_SEEN",
        }


def memberships(people: list[Somebody]) -> Iterator[Cells]:
    """Each household with a returning adult joins the self-help group."""
    for number, one in enumerate(_applicants(people)):
        yield {"group": "chantrea-shg", "person": one.key, "joined": moment(after(30), 8, number % 60)}
