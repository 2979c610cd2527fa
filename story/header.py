"""`story.toml`: what holds for the whole group. Everything a player must not invent stands here or in a row."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from shared.auth import Purpose, Role
from shared.contracts.referrals import GroupKind
from story.cells import Amount, Code, Day, Instant, Key, Label, Number, Sex
from story.rows import SheetRow


class Title(SheetRow):
    """One text in the three languages."""

    km: Label
    vi: Label
    en: Label


class About(SheetRow):
    """The story itself. `year_assumed`: the source gives no year, and everyone may see that we chose it."""

    title: Title
    year: Annotated[Number, Field(ge=1990, le=2100)]
    year_assumed: StrictBool
    as_of: Day
    form: Annotated[str, Field(pattern=r"^[0-9]{4}\.[0-9]{1,3}$")]
    child_seen: Key
    adult_seen: Key


class ListFile(SheetRow):
    """How the officer's spreadsheet reads: which row holds the column names and what each of them means."""

    title_rows: Annotated[Number, Field(ge=0, le=20)]
    columns: dict[
        Label,
        Literal[
            "number",
            "name",
            "other_name",
            "sex",
            "birth",
            "adult",
            "child",
            "home",
            "detained_from",
            "circumstances",
            "remarks",
        ],
    ]
    sexes: dict[Label, Sex]
    marks: tuple[Label, ...]
    date_format: Label
    adult_from_age: Annotated[Number, Field(ge=14, le=21)]


class Handover(SheetRow):
    """The hand-over at the gate, with its papers and moments."""

    key: Key
    sender: Key
    receiver: Key
    host: Key
    place_of_detention: Key
    gate: Code
    detained_in: Code
    detained_by: Code
    announced: Instant
    confirmed: Instant
    arrived: Instant
    reconciled: Instant
    closed: Instant


class Place(SheetRow):
    """A place as code and validity; `written` is how the papers of that day name it."""

    key: Key
    country: Literal["KH", "VN"]
    code: Annotated[str, Field(pattern=r"^[0-9]{2,8}$")]
    valid_from: Day
    written: Label


class Organisation(SheetRow):
    """An organisation and what it offers."""

    key: Key
    kind: Code
    name: Title
    country: Literal["KH", "VN"]
    offers: tuple[Code, ...] = ()


class Staff(SheetRow):
    """A worker: one person, one role. `duty` is what the story asks of whoever has it."""

    key: Key
    organisation: Key
    role: Role
    purpose: Purpose = Purpose.PROTECTION
    duties: tuple[Code, ...] = ()


class Programme(SheetRow):
    """The grants' budget line, in minor units."""

    key: Key
    currency: Literal["USD"]
    budget: Amount
    ceiling: Amount
    opened: Instant
    donor: Key


class Group(SheetRow):
    """A self-help group or cooperative."""

    key: Key
    kind: GroupKind
    place: Key
    formed: Instant


class Header(SheetRow):
    """The whole of `story.toml`."""

    story: About
    list: ListFile
    handover: Handover
    places: tuple[Place, ...]
    organisations: tuple[Organisation, ...]
    staff: tuple[Staff, ...]
    programme: Programme | None = None
    groups: tuple[Group, ...] = ()
