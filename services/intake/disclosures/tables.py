"""The row of a request that was sent: of which case it is. Whether it lives is known by what is heard of that case."""

from services.intake.base import Base
from services.intake.disclosures.state import Request
from shared.storage.tables import Thing


class RequestRow(Request, Thing, Base, table=True):
    """One request for a service, by its ref in referrals."""

    __tablename__ = "service_request"
