"""Reads of groups and their meetings."""

from services.referrals.groups.domain import STATUSES, Group, Meeting, Status
from services.referrals.groups.schemas import GroupRead, MeetingRead
from services.referrals.groups.tables import GroupRow, MeetingRow
from shared.auth import Caller, authorise
from shared.contracts.referrals import GroupKind
from shared.ids import Ref
from shared.reading import Page, PageAsked, Reader
from shared.statuses import next_operations
from shared.storage.tables import Row
from shared.writing.handling import shows


def _read(reader: Reader, caller: Caller, row: Row) -> GroupRead:
    fields = {name: row[name] for name in ("ref", "version", *Group.model_fields)}
    hidden = {} if reader.can(caller, "C1", f"group/{row['ref']}") else {"name": None}
    return GroupRead.model_validate(fields | hidden | {"next": next_operations(STATUSES, row["status"])})


@shows("referrals.group.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> GroupRead:
    """One group."""
    authorise(reader, caller, "referrals.group.read")
    return _read(reader, caller, reader.peek(GroupRow, ref))


@shows("referrals.group.read")
def listing(
    reader: Reader, caller: Caller, *, page: PageAsked, status: Status | None = None, kind: GroupKind | None = None
) -> Page[GroupRead]:
    """Groups, oldest first."""
    authorise(reader, caller, "referrals.group.read")
    rows, following = reader.page(GroupRow, page, status=status, kind=kind)
    return Page(items=tuple(_read(reader, caller, row) for row in rows), next_cursor=following)


@shows("referrals.group.read")
def meetings(reader: Reader, caller: Caller, *, ref: Ref, page: PageAsked) -> Page[MeetingRead]:
    """The meetings of a group, oldest first."""
    authorise(reader, caller, "referrals.group.read")
    reader.peek(GroupRow, ref)
    rows, following = reader.page(MeetingRow, page, group_ref=ref)
    items = tuple(
        MeetingRead.model_validate({name: row[name] for name in ("ref", *Meeting.model_fields)}) for row in rows
    )
    return Page(items=items, next_cursor=following)
