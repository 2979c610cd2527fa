"""What a provider may be told of the person now, judged from the consents at the moment of the question."""

from services.referrals.facets import IntakeFacet
from shared.clock import local_day
from shared.ids import Subject
from shared.reading import Reading
from shared.storage.tables import Row


def shared(reading: Reading, row: Row) -> bool:
    """Whether what stands in a request may still be shown to whoever is asked. In our own house nothing leaves.

    It is looked up and kept nowhere: a withdrawal closes at once, before any reaction to it has run, and a consent
    given again opens again.
    """
    if row["asked_ref"] is None or row["asked_ref"] == row["sender_ref"]:
        return True
    known = reading.facet(Subject("case", row["case_ref"]), "intake", IntakeFacet)
    return known.may_share(row["asked_ref"], local_day(reading.now))
