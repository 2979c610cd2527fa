"""Disclosures over HTTP: what a provider is told of whom it helps, from when on, and what ends it at once."""

from datetime import date
from typing import Any

import pytest

from shared.auth import Purpose, Role
from shared.contracts import referrals, screening
from shared.errors import Unavailable
from shared.ids import pseudonym
from shared.model import Event
from shared.testing import caller, ref
from tests.service.intake.desk import DOSVY, OFFICER, TOLD, Desk, born, refused
from tests.support.answered import ok

DAY = date(2026, 11, 4)
SCHOOL = pseudonym("organisation", "bavet-school")
REQUEST = ref("a place in school")
TEACHER = caller("sopha-teacher", Role.SERVICE_PROVIDER, "bavet-school", Purpose.REINTEGRATION)
HEAD = caller("head-teacher", Role.SUPERVISOR, "bavet-school", Purpose.REINTEGRATION)
NUMBER = "+85512345678"
OTHERS = {
    "a provider that was not asked": caller("x", Role.SERVICE_PROVIDER, "another-school"),
    "a role that speaks for no provider": caller("x", Role.GRANTS_OFFICER, "bavet-school"),
    "an analyst of the provider": caller("x", Role.ANALYST, "bavet-school"),
    "the holder's own officer, whose way is the person": OFFICER,
    "an authority": DOSVY,
}
SHARE: dict[str, Any] = {"purpose": "SHARE", "organisation_ref": SCHOOL, "informed": TOLD, "signature": "THUMBPRINT"}
AT = f"/intake/v1/disclosures/{REQUEST}"


def about(case: str) -> dict[str, Any]:
    return {"case_ref": case, "service_referral_ref": REQUEST, "service": "EDU-ENROL", "organisation_ref": SCHOOL}


def sent(case: str) -> tuple[Event, ...]:
    plan = referrals.PlanOpened(case_ref=case, plan_ref=ref("plan"), day=DAY)
    return plan, referrals.ServiceReferralSent(**about(case), day=DAY, respond_by=DAY)


async def child(desk: Desk, *phones: dict[str, Any], consents: bool = True) -> str:
    """A child's case with a consent of the caregiver to share with the school, and a request sent there."""
    known = [{"number": NUMBER, "owner": "FAMILY", "safe_to_call": True}] if not phones else list(phones)
    names = [
        {"full_name": "Ly Dara", "script": "LATIN", "order": "FAMILY_FIRST", "family_name": "Ly", "given_name": "Dara"},
        {"full_name": "Touch", "script": "LATIN", "kind": "NICKNAME"},
    ]
    home = {"country": "KH", "name_as_written": "Phum Thmei"}
    identity = {"names": names, "births": [born(2013, 5, 2)], "phones": known, "home": home}
    person = ok(await desk.do("persons", ref=ref("Dara"), sex="MALE", identity=identity))["ref"]
    case = str(ok(await desk.do("cases", ref=ref("case"), person_ref=person, country="VN"))["ref"])
    mother = await desk.person("Ly Bopha", born(1985))
    members = [{"person_ref": person, "relationship": "CHILD"}, {"person_ref": mother, "relationship": "HEAD"}]
    ok(await desk.do("households", ref=ref("home"), members=members))
    if consents:
        agreed = {"case_ref": case, "giver": "CAREGIVER", "giver_ref": mother, "assent": "ASSENT", **SHARE}
        ok(await desk.do("consents/grant", ref=ref("share"), **agreed))
    await desk.harness.hear("referrals", *sent(case))
    return case


async def accepted(desk: Desk, *phones: dict[str, Any], consents: bool = True) -> str:
    case = await child(desk, *phones, consents=consents)
    await desk.harness.hear("referrals", referrals.ServiceReferralAccepted(**about(case), day=DAY))
    return case


async def test_exactly_the_agreed_fields_from_the_acceptance_on_for_the_provider_alone(desk: Desk) -> None:
    case = await child(desk)
    refused(await desk.harness.get(AT, TEACHER), "not_found")
    await desk.harness.hear("referrals", referrals.ServiceReferralAccepted(**about(case), day=DAY))
    for who in (TEACHER, HEAD):
        assert ok(await desk.harness.get(AT, who)) == {
            "service_referral_ref": REQUEST,
            "names": [{"full_name": "Ly Dara", "script": "LATIN", "family_name": "Ly", "given_name": "Dara"}],
            "sex": "MALE",
            "birth_year": 2013,
            "village": {"country": "KH", "code": None, "valid_from": None, "name_as_written": "Phum Thmei"},
            "guardian_phone": NUMBER,
        }
    for why, who in OTHERS.items():
        answer = await desk.harness.get(AT, who)
        unknown = await desk.harness.get(f"/intake/v1/disclosures/{ref('no such request')}", who)
        same = [{**each.json(), "request_id": None} for each in (answer, unknown)]
        assert same[0] == same[1], why
        refused(answer, "not_found")
    reporting = caller("x", Role.SERVICE_PROVIDER, "bavet-school", Purpose.REPORTING)
    refused(await desk.harness.get(AT, reporting), "purpose_not_for_this")


OUTLINE = f"{AT}/outline"


async def test_who_is_asked_learns_what_it_needs_to_say_yes_and_not_who_it_is(desk: Desk) -> None:
    case = await child(desk)
    fact = screening.DeterminationSuggested(
        case_ref=case, determination_ref=ref("finding"), body="NGO", handling=("SAME_SEX_STAFF",), day=DAY
    )
    await desk.harness.hear("screening", fact)
    known = {
        "service_referral_ref": REQUEST,
        "age_band": "FROM_12",
        "sex": "MALE",
        "district": None,
        "handling": ["SAME_SEX_STAFF"],
    }
    for who in (TEACHER, HEAD):
        assert ok(await desk.harness.get(OUTLINE, who)) == known
        refused(await desk.harness.get(AT, who), "not_found")
    home = {"country": "KH", "code": "20080103", "valid_from": "2004-01-01"}
    identity = (await desk.see(f"persons/{ref('Dara')}"))["identity"]
    ok(await desk.change(f"persons/{ref('Dara')}", "correct", identity=identity | {"home": home}))
    district = {"country": "KH", "code": "2008", "valid_from": "2004-01-01"}
    assert ok(await desk.harness.get(OUTLINE, TEACHER)) == known | {"district": district}
    for why, who in OTHERS.items():
        answer = await desk.harness.get(OUTLINE, who)
        unknown = await desk.harness.get(f"/intake/v1/disclosures/{ref('no such request')}/outline", who)
        same = [{**each.json(), "request_id": None} for each in (answer, unknown)]
        assert same[0] == same[1], why
        refused(answer, "not_found")
    shown = [row for row in await desk.harness.rows("intake", "audit") if row["action"] == "intake.disclosure.outline"]
    assert (shown[0]["decision"], shown[0]["subjects"]) == ("shown", [f"case/{case}"])


async def test_nothing_is_told_of_a_draft(desk: Desk) -> None:
    case = await child(desk)
    draft = about(case) | {"service_referral_ref": ref("a draft")}
    await desk.harness.hear("referrals", referrals.ServiceReferralDrafted(**draft))
    refused(await desk.harness.get(f"/intake/v1/disclosures/{ref('a draft')}/outline", TEACHER), "not_found")


async def _withdraw(desk: Desk, _case: str) -> None:
    ok(await desk.do(f"consents/{ref('share')}/withdraw"))


async def _void_consent(desk: Desk, _case: str) -> None:
    ok(await desk.change(f"consents/{ref('share')}", "void", reason="ENTERED_IN_ERROR"))


async def _outlive(desk: Desk, _case: str) -> None:
    ok(await desk.change(f"consents/{ref('share')}", "correct", valid_until="2026-11-04"))
    desk.harness.clock.advance(days=1)  # and nothing was done about it yet


async def _void_case(desk: Desk, case: str) -> None:
    ok(await desk.change(f"cases/{case}", "void", reason="ENTERED_IN_ERROR"))


def _told(kind: type[Event], **more: Any) -> Any:
    async def end(desk: Desk, case: str) -> None:
        values = {**about(case), "plan_ref": ref("plan"), "day": DAY, "overridden": False, **more}
        await desk.harness.hear("referrals", kind.model_validate({name: values[name] for name in kind.model_fields}))

    return end


ENDS = {
    "the consent is withdrawn": _withdraw,
    "the consent was entered in error": _void_consent,
    "the last day of the consent is over": _outlive,
    "the case was entered in error": _void_case,
    "the service was given": _told(referrals.ServiceReferralCompleted),
    "the service ended early": _told(referrals.ServiceReferralNotCompleted, reason="DROPPED_OUT"),
    "the request was taken back": _told(referrals.ServiceReferralRevoked, reason="CONSENT_WITHDRAWN"),
    "the request was entered in error": _told(referrals.ServiceReferralVoided, reason="ENTERED_IN_ERROR"),
    "the plan was closed": _told(referrals.PlanClosed, reason="GOALS_MET"),
    "the plan was entered in error": _told(referrals.PlanVoided, reason="ENTERED_IN_ERROR"),
}


@pytest.mark.parametrize("why", ENDS)
async def test_whatever_ends_it_ends_it_at_the_next_request(desk: Desk, why: str) -> None:
    case = await accepted(desk)
    ok(await desk.harness.get(AT, TEACHER))
    await ENDS[why](desk, case)
    refused(await desk.harness.get(AT, TEACHER), "not_found")


NEVER_GIVEN = ENDS | {
    "the provider says no": _told(referrals.ServiceReferralRejected, reason="NO_CAPACITY"),
    "nobody answered in time": _told(referrals.ServiceReferralExpired),
}


@pytest.mark.parametrize("why", NEVER_GIVEN)
async def test_whatever_ends_a_request_ends_its_outline_at_the_next_request(desk: Desk, why: str) -> None:
    case = await child(desk)
    ok(await desk.harness.get(OUTLINE, TEACHER))
    await NEVER_GIVEN[why](desk, case)
    refused(await desk.harness.get(OUTLINE, TEACHER), "not_found")


async def test_without_a_consent_to_share_with_it_a_provider_is_told_nothing_before_either(desk: Desk) -> None:
    await child(desk, consents=False)
    refused(await desk.harness.get(OUTLINE, TEACHER), "not_found")


async def test_a_consent_is_for_this_purpose_and_this_provider(desk: Desk) -> None:
    case = await accepted(desk, consents=False)
    other: dict[str, Any] = {"case_ref": case, "giver": "CAREGIVER", "giver_ref": ref("Ly Bopha"), "assent": "ASSENT"}
    elsewhere = {**SHARE, "organisation_ref": ref("another")}
    ok(await desk.do("consents/grant", **other, **elsewhere))
    ok(await desk.do("consents/grant", **other, **{**SHARE, "purpose": "REFERRAL"}))
    refused(await desk.harness.get(AT, TEACHER), "not_found")
    ok(await desk.do("consents/grant", **other, **SHARE))
    ok(await desk.harness.get(AT, TEACHER))


async def _suspect(desk: Desk, _case: str) -> None:
    body: dict[str, Any] = {"person_ref": ref("Ly Bopha"), "relationship": "HEAD", "implicated_caregiver": True}
    ok(await desk.change(f"households/{ref('home')}", "correct", **body))


def _apart(code: str) -> Any:
    async def tell(desk: Desk, case: str) -> None:
        fact = screening.DeterminationSuggested(
            case_ref=case, determination_ref=ref("finding"), body="NGO", handling=(code,), day=DAY
        )
        await desk.harness.hear("screening", fact)

    return tell


UNSAFE = {
    "the mother is suspected": _suspect,
    "no contact with the family": _apart("NO_FAMILY_CONTACT"),
    "not to the family": _apart("NO_FAMILY_PLACEMENT"),
}


@pytest.mark.parametrize("why", UNSAFE)
async def test_the_family_s_number_is_not_told_where_it_can_hurt(desk: Desk, why: str) -> None:
    case = await accepted(desk)
    assert ok(await desk.harness.get(AT, TEACHER))["guardian_phone"] == NUMBER
    await UNSAFE[why](desk, case)
    assert ok(await desk.harness.get(AT, TEACHER))["guardian_phone"] is None


async def test_only_a_number_of_the_family_that_is_safe_to_call_is_told(desk: Desk) -> None:
    theirs = {"number": "+85511111111", "owner": "SELF", "safe_to_call": True}
    neighbours = {"number": "+85522222222", "owner": "NEIGHBOUR", "safe_to_call": True}
    unsafe = {"number": "+85533333333", "owner": "FAMILY", "safe_to_call": False}
    await accepted(desk, theirs, neighbours, unsafe)
    assert ok(await desk.harness.get(AT, TEACHER))["guardian_phone"] is None


async def test_every_disclosure_and_every_refusal_is_in_the_audit_before_it_leaves(desk: Desk) -> None:
    case = await accepted(desk)
    before = len(await desk.harness.rows("intake", "audit"))
    ok(await desk.harness.get(AT, TEACHER))
    refused(await desk.harness.get(AT, OTHERS["an analyst of the provider"]), "not_found")
    shown, hidden = (await desk.harness.rows("intake", "audit"))[before:]
    assert (shown["action"], shown["decision"], shown["purpose"]) == (
        "intake.disclosure.read",
        "shown",
        "REINTEGRATION",
    )
    assert (shown["subjects"], shown["classes"]) == ([f"case/{case}"], ["C2"])
    assert shown["staff_ref"] == pseudonym("staff", "sopha-teacher")
    assert (hidden["action"], hidden["decision"]) == ("intake.disclosure.read", "not_found")


async def test_a_disclosure_that_cannot_be_noted_is_not_made(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await accepted(desk)
    database = desk.harness.running["intake"].kept.database

    async def full(_work: Any) -> Any:
        raise Unavailable("store_unavailable")

    monkeypatch.setattr(database, "write", full)
    answer = await desk.harness.get(AT, TEACHER)
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert "Dara" not in answer.text
