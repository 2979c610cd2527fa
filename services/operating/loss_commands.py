"""The command `lost`: what a store that was put back does not tell any more, as each service that heard it knows."""

from services.operating.commands import AsJson, Services, ordered
from services.operating.terminal import tell, tell_table

COLUMNS = ("service", "source", "subject", "version", "type", "day", "status", "reason")


def lost(services: Services = None, as_json: AsJson = False) -> None:
    """What was lost when a store was put back: who had told it, what kind of fact, when, whether people have looked."""
    answer = ordered("lost", as_json=as_json, services=services)
    if as_json:
        return
    if not answer["facts"]:
        tell("Nothing was lost.")
        return
    rows = [["" if row[name] is None else row[name] for name in COLUMNS] for row in answer["facts"]]
    tell_table("Lost, as each service knows", COLUMNS, rows)
