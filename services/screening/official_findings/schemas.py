"""What a reader of a finding of a body of state sees."""

from datetime import date

from services.screening.determinations.state import Outcome
from services.screening.official_findings.state import Status
from shared.contracts.screening import Body
from shared.ids import OrganisationRef
from shared.model import C0, C3, Narrative
from shared.reading.answers import Read


class OfficialFindingRead(Read):
    """Its own record, and nothing of the case: the body named its number."""

    case_number: C0[str]
    organisation_ref: C0[OrganisationRef]
    body: C0[Body]
    status: C0[Status]
    found_on: C0[date]
    outcome: C3[Outcome | None] = None
    words: C3[Narrative | None] = None
