"""Reads of groups and their meetings."""

from dataclasses import dataclass

from services.referrals.groups.commands import STATUSES
from services.referrals.groups.schemas import GroupRead, MeetingRead
from services.referrals.groups.state import Group, Status
from services.referrals.groups.tables import GroupRow, MeetingRow
from shared.auth import NOBODYS, Caller
from shared.contracts.referrals import GroupKind
from shared.given import GivenDay, GivenMonth
from shared.ids import Ref, Subject
from shared.reading import Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown, returned, visible
from shared.writing.handling import shows

SHOWN = Shown("referrals.group", GroupRead, GroupRow, Group, STATUSES, NOBODYS)


@shows("referrals.group.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> GroupRead:
    """One group."""
    return SHOWN.of(reader, caller, SHOWN.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What groups are listed by."""

    status: Several[Status] = None
    kind: GroupKind | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("referrals.group.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[GroupRead]:
    """Groups, oldest first; `day` and `month` are when they were formed."""
    on = within(asked.day, asked.month)
    return SHOWN.page(reader, caller, page, status=asked.status, kind=asked.kind, formed_on=on)


@dataclass(frozen=True)
class MeetingFilters:
    """What meetings are listed by."""

    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("referrals.group.read")
def meetings(reader: Reader, caller: Caller, *, ref: Ref, page: PageAsked, asked: MeetingFilters) -> Page[MeetingRead]:
    """The meetings of a group, oldest first; `day` and `month` are when it met."""
    SHOWN.one(reader, caller, ref)
    seen = visible(reader, caller, "referrals.group.read", MeetingRow, NOBODYS)
    rows, following = reader.page(MeetingRow, page, seen, group_ref=ref, held_on=within(asked.day, asked.month))
    group = Subject("group", ref)
    values = ({name: row[name] for name in MeetingRead.model_fields} for row in rows)
    return Page(
        items=tuple(returned(reader, caller, MeetingRead, group, found) for found in values), next_cursor=following
    )
