"""Counts what was read back into tables. Pure: the same books make the same tables."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from statistics import median

from story.books import Books
from story.desk import Json
from story.labels import Labels
from story.sheets import Cell, Table, Text, word

MINOR = {"USD": 100, "KHR": 1, "VND": 1}
"""How many minor units make one: only for showing, never for counting."""


TICKETS = ("BUS", "TAXI", "BOAT")
"""Ways home for which somebody bought a ticket."""


def _table(key: str, columns: str, rows: Iterable[tuple[Cell, ...]]) -> Table:
    return Table(key, tuple(map(word, columns.split())), tuple(rows))


def _split(books: Books, cases: Iterable[str]) -> tuple[int, int, int]:
    """All, female, male. Whoever's sex is not recorded counts in the first only."""
    sexes = Counter(books.sex(case) for case in cases)
    return sexes.total(), sexes["FEMALE"], sexes["MALE"]


def reconciliation(books: Books) -> Table:
    """The list against the gate."""
    handover = books.handover
    arrived = list(books.cases)
    children = [case for case in arrived if books.child(case)]
    adults = [case for case in arrived if not books.child(case)]
    rows: list[tuple[Cell, ...]] = [
        (word(key), handover[key], "", "") for key in ("announced", "present", "absent", "added")
    ]
    groups = {"arrived": arrived, "children": children, "adults": adults}
    rows += [(word(key), *_split(books, cases)) for key, cases in groups.items()]
    return _table("reconciliation", "what people girls_women boys_men", rows)


def differences(books: Books) -> Table:
    """Where list and person disagree: kept side by side, neither corrected."""
    by_line = {case["line_ref"]: ref for ref, case in books.cases.items()}
    rows: list[tuple[Cell, ...]] = []
    for line in sorted(books.lines, key=lambda line: int(line["number"])):
        number, case_ref = line["number"], by_line.get(line["ref"])
        if line["status"] == "absent":
            rows.append((word("absent"), number, word("on_list"), word("absent")))
        elif case_ref is None:
            continue
        elif line["status"] == "added":
            rows.append((word("added"), number, word("not_on_list"), word("present")))
        else:
            rows += _disagreements(books, line, case_ref)
    return _table("differences", "what line on_list registered", rows)


def _disagreements(books: Books, line: Json, case_ref: str) -> Iterable[tuple[Cell, ...]]:
    words = {"FEMALE": word("girls_women"), "MALE": word("boys_men")}
    listed, found = line.get("sex"), books.sex(case_ref)
    if listed in words and found in words and listed != found:
        yield word("sex_differs"), line["number"], words[listed], words[found]
    if line["listed_as"] == "ADULT" and books.child(case_ref):
        yield word("age_differs"), line["number"], word("adult_on_list"), word("child_found")


def outcomes(books: Books, labels: Labels) -> Table:
    """What was found, for children and for adults."""
    found: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for case, determination in books.determinations.items():
        if determination.get("outcome"):
            found[determination["outcome"], books.child(case)].append(case)
    rows = [
        (labels.of("outcome", outcome), word("children" if child else "adults"), *_split(books, cases))
        for (outcome, child), cases in sorted(found.items(), key=lambda item: (not item[0][1], item[0][0]))
    ]
    return _table("outcomes", "outcome who people girls_women boys_men", rows)


def suggestions(books: Books, labels: Labels) -> Table:
    """What the engine suggested, and how often people departed from it."""
    pairs = Counter((one["suggested"], one["outcome"]) for one in books.determinations.values() if one.get("outcome"))
    flags = Counter(
        (one["suggested"], one["outcome"])
        for one in books.determinations.values()
        if one.get("outcome") and "VULNERABILITY_MEANS_REVIEW" in one.get("flags", ())
    )
    rows = [
        (labels.of("outcome", before), labels.of("outcome", after), count, flags[before, after])
        for (before, after), count in sorted(pairs.items())
    ]
    return _table("suggestions", "suggested determined people flagged", rows)


def detention(books: Books) -> Table:
    """How long they were held; what is not known is said to be not known."""
    days = [case["days_detained"] for case in books.cases.values()]
    known = sorted(day for day in days if day is not None)
    rows: list[tuple[Cell, ...]] = [(word("with_dates"), len(known)), (word("unknown"), len(days) - len(known))]
    if known:
        rows += [(word("least"), known[0]), (word("median"), round(median(known))), (word("most"), known[-1])]
    return _table("detention", "what count", rows)


def help_given(books: Books, labels: Labels) -> Table:
    """Every kind of help: to how many people, how often, how much."""
    people: dict[tuple[int, str], set[str]] = defaultdict(set)
    times: Counter[tuple[int, str]] = Counter()
    amount: Counter[tuple[int, str]] = Counter()
    names: dict[tuple[int, str], Text] = {}
    given = [(0, "provision", one["kind"], one["count"], one) for one in books.provisions]
    given += [(1, "service", one["service"], one["quantity"], one) for one in books.deliveries]
    given += [(2, "service", one["service"], 1, one) for one in books.memberships]
    given += [(3, "service", "GRANT-BIZ", 1, one) for one in books.applications if one["signed_on"]]
    given += [(4, "service", one["service"], 1, one) for one in books.followups if one["status"] == "done"]
    given += [(0, "service", "TRV-HOME", 1, one) for one in books.stays.values() if one["travel_mode"] in TICKETS]
    given += [(0, "service", "TRV-ESCORT", 1, one) for one in books.stays.values() if one["escort_ref"]]
    for order, source, code, quantity, one in given:
        key = (order, code)
        people[key].add(one["case_ref"])
        times[key] += 1
        amount[key] += quantity
        names[key] = labels.of(source, code)
    rows = [(names[key], len(people[key]), times[key], amount[key]) for key in sorted(names)]
    return _table("help", "what people given_times quantity", rows)


def grants(books: Books) -> Table:
    """Money as whole minor units until the last moment."""
    rows: list[tuple[Cell, ...]] = []
    for programme in books.programmes:
        ours = [one for one in books.applications if one["programme_ref"] == programme["ref"]]
        parts = [one for one in books.instalments if one["programme_ref"] == programme["ref"]]
        handed_over = [one for one in parts if one["status"] in ("paid", "evidenced", "reconciled")]
        approved = [one for one in ours if one.get("approved")]
        lines: dict[str, tuple[int, Cell, int]] = {
            "asked": (len(ours), "", sum(one["requested"] for one in ours)),
            "approved": (len(approved), len(parts), sum(one["approved"] for one in approved)),
            "paid": (_grants(handed_over), len(handed_over), sum(one["amount"] for one in handed_over)),
        }
        counted = [one for one in parts if one["status"] == "reconciled"]
        lines["reconciled"] = (_grants(counted), len(counted), sum(one["evidence"] for one in counted))
        currency = programme["currency"]
        rows += [(word(key), *line[:2], money(line[2], currency)) for key, line in lines.items()]
        rows.append((word("budget_free"), "", "", money(programme["free"], currency)))
    return _table("grants", "what people instalments amount", rows)


def _grants(parts: list[Json]) -> int:
    return len({part["application_ref"] for part in parts})


def money(minor: int, currency: str) -> str:
    """An amount for people, exact to the last minor unit."""
    whole, rest = divmod(minor, MINOR[currency])
    return f"{currency} {whole:,}.{rest:02d}" if MINOR[currency] == 100 else f"{currency} {whole:,}"


def followups(books: Books) -> Table:
    """Visits on the as-of day."""
    kinds: dict[str, list[str]] = {key: [] for key in ("done", "missed", "due", "overdue", "planned")}
    for one in books.followups:
        status = one["status"]
        if status == "planned":
            status = {"due": "due", "overdue": "overdue"}.get(one["timing"] or "", "planned")
        if status in kinds:
            kinds[status].append(one["case_ref"])
    rows = [
        (word(key), len(cases), sum(map(books.child, cases)), sum(not books.child(case) for case in cases))
        for key, cases in kinds.items()
    ]
    return _table("followups", "what count children adults", rows)


def day_sheet(books: Books, labels: Labels) -> Table:
    """Who sleeps where on the first day, and what each of them needs: case numbers, no names."""
    rows = []
    for case_ref, stay in books.stays.items():
        bed = books.beds.get(case_ref) or {}
        person = {("FEMALE", True): "girl", ("MALE", True): "boy", ("FEMALE", False): "woman", ("MALE", False): "man"}
        who = word(person.get((books.sex(case_ref), books.child(case_ref)), "person"))
        needs = [labels.of("urgent_need", need) for need in stay["needs"]]
        rows.append(
            (bed.get("room", ""), bed.get("bed", ""), books.cases[case_ref]["case_number"], who, _joined(needs))
        )
    return _table(
        "day_sheet", "room bed case_number who needs", sorted(rows, key=lambda row: (str(row[0]), str(row[1])))
    )


def _joined(texts: list[Text]) -> Text:
    return {language: ", ".join(text[language] for text in texts) for language in word("who")}
