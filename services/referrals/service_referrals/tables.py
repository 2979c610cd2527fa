"""The tables of requests and of what was given; a delivery is added and never changed."""

from services.referrals.base import Base
from services.referrals.service_referrals.state import Delivery, ReferralNote, ServiceReferral
from shared.model import C3
from shared.storage.tables import Thing, sealed


class ServiceReferralRow(ServiceReferral, Thing, Base, table=True):
    """One request for a service."""

    __tablename__ = "service_referral"
    note: bytes | None = sealed(ReferralNote, C3, subject="case_ref")


class DeliveryRow(Delivery, Thing, Base, table=True):
    """Some of a service, given on a day."""

    __tablename__ = "delivery"
