"""The tables of requests and of what was given; a delivery is added and never changed."""

from dataclasses import replace

from services.referrals.base import Base
from services.referrals.service_referrals.state import OPEN, TAKEN_ON, Delivery, ReferralNote, ServiceReferral
from shared.auth import Belonging
from shared.model import C3
from shared.storage.tables import Thing, sealed


class ServiceReferralRow(ServiceReferral, Thing, Base, table=True):
    """One request for a service."""

    __tablename__ = "service_referral"
    note: bytes | None = sealed(ReferralNote, C3, subject="case_ref")


class DeliveryRow(Delivery, Thing, Base, table=True):
    """Some of a service, given on a day."""

    __tablename__ = "delivery"


REQUEST = Belonging(
    addressee="asked_ref",
    sender="sender_ref",
    while_in=frozenset(OPEN),
    engaged="asked_ref",
    engaged_in=frozenset(TAKEN_ON),
)
"""Who may read a request and speak of it: its sender, and whoever is asked, from when it was sent until it ends."""
UNTOLD = replace(REQUEST, engaged=None, engaged_in=frozenset())
"""The same while nothing may be shared with whoever took it on."""
