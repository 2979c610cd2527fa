"""What a provider is told of somebody whom it is asked to help, and helps: this, and nothing beside it."""

from services.intake.disclosures.state import AgeBand, Handling
from services.intake.persons.state import PhoneNumber, Script, Sex
from shared.codes.places import District, Place
from shared.ids import Ref
from shared.model import C0, C1, C2, Model, Name
from shared.reading.answers import Returned


class DisclosedName(Model):
    """A name as it is written."""

    full_name: C2[Name]
    script: C0[Script]
    family_name: C2[Name | None] = None
    given_name: C2[Name | None] = None


class OutlineRead(Returned):
    """What lets a provider say whether it can take somebody on, without learning who it is.

    An age is the least that is possible. A district is a province where there are no districts, or none is known.
    """

    service_referral_ref: C0[Ref]
    age_band: C1[AgeBand | None] = None
    sex: C1[Sex | None] = None
    district: C1[District | None] = None
    handling: C1[tuple[Handling, ...]] = ()


class DisclosureRead(Returned):
    """What was agreed to let a provider know.

    A year of birth that is not certain is the latest possible one. No number is there where none is safe to call.
    """

    service_referral_ref: C0[Ref]
    names: C2[tuple[DisclosedName, ...]] = ()
    sex: C1[Sex | None] = None
    birth_year: C2[int | None] = None
    village: C2[Place | None] = None
    guardian_phone: C2[PhoneNumber | None] = None
