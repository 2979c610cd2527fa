"""The table of the register of staff. How somebody is called is sealed under a key of their own."""

from sqlalchemy import Index

from services.referrals.base import Base
from services.referrals.staff.state import Staff, StaffName
from shared.model import C2
from shared.storage.tables import Thing, sealed, table_of


class StaffRow(Staff, Thing, Base, table=True):
    """Somebody at one organisation."""

    __tablename__ = "staff"
    name: bytes | None = sealed(StaffName, C2, subject="ref", kind="staff")


Index("staff_of_organisation", *(table_of(StaffRow).c[name] for name in ("organisation_ref", "staff_ref")), unique=True)
