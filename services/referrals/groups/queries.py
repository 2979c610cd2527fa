"""Reads of groups and their meetings."""

from collections.abc import Sequence
from datetime import date

from services.referrals.groups.commands import STATUSES
from services.referrals.groups.schemas import GroupRead, MeetingRead
from services.referrals.groups.state import Group, Status
from services.referrals.groups.tables import GroupRow, MeetingRow
from shared.auth import Caller, authorise
from shared.contracts.referrals import GroupKind
from shared.ids import Ref, Subject
from shared.reading import Page, PageAsked, Reader, within
from shared.reading.answers import Shown, returned
from shared.writing.handling import shows

SHOWN = Shown(GroupRead, GroupRow, Group, STATUSES, subject=lambda row: Subject("group", row["ref"]))


@shows("referrals.group.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> GroupRead:
    """One group."""
    authorise(reader, caller, "referrals.group.read")
    return SHOWN.of(reader, caller, reader.peek(GroupRow, ref))


@shows("referrals.group.read")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Sequence[Status] | None = None,
    kind: GroupKind | None = None,
    day: date | None = None,
    month: str | None = None,
) -> Page[GroupRead]:
    """Groups, oldest first; `day` and `month` are when they were formed."""
    authorise(reader, caller, "referrals.group.read")
    return SHOWN.page(reader, caller, page, status=status, kind=kind, formed_on=within(day, month))


@shows("referrals.group.read")
def meetings(
    reader: Reader, caller: Caller, *, ref: Ref, page: PageAsked, day: date | None = None, month: str | None = None
) -> Page[MeetingRead]:
    """The meetings of a group, oldest first; `day` and `month` are when it met."""
    authorise(reader, caller, "referrals.group.read")
    reader.peek(GroupRow, ref)
    rows, following = reader.page(MeetingRow, page, group_ref=ref, held_on=within(day, month))
    group = Subject("group", ref)
    values = ({name: row[name] for name in MeetingRead.model_fields} for row in rows)
    return Page(
        items=tuple(returned(reader, caller, MeetingRead, group, found) for found in values), next_cursor=following
    )
