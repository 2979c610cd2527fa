"""The tables of groups and of their meetings; a meeting is added and never changed."""

from services.referrals.base import Base
from services.referrals.groups.state import Group, Meeting
from shared.storage.tables import Thing


class GroupRow(Group, Thing, Base, table=True):
    """One group."""

    __tablename__ = "peer_group"


class MeetingRow(Meeting, Thing, Base, table=True):
    """One meeting of a group."""

    __tablename__ = "group_meeting"
