"""deploy/keycloak/homeward-realm.json says what our services and their policy need, and lets nothing else through."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from deploy.local.realm import REALM, kept_password, practice, realm_of
from services.issuing.people import STEWARDS, people_in
from shared.auth import Purpose, Role
from shared.auth.holder import STRONG, Holder
from story.signing_in import CLIENT, REDIRECT
from tests.support.composed import ROOT

STORY = ROOT / "examples/long-an-33"
PROFILE = "org.keycloak.userprofile.UserProfileProvider"


@pytest.fixture
def realm() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(REALM.read_text("utf-8"))
    return found


def attributes(realm: dict[str, Any]) -> dict[str, Any]:
    """What an account holds, by name."""
    said = json.loads(realm["components"][PROFILE][0]["config"]["kc.user.profile.config"][0])
    return {one["name"]: one for one in said["attributes"]}


def test_an_administrator_chooses_among_our_roles_and_purposes(realm: dict[str, Any]) -> None:
    for name, ours in (("roles", set(Role) - {Role.SYSTEM}), ("purposes", set(Purpose))):
        offered = attributes(realm)[name]["validations"]["options"]["options"]
        assert len(offered) == len(set(offered))
        assert set(offered) == ours


def test_nobody_changes_their_own_rights(realm: dict[str, Any]) -> None:
    held = attributes(realm)
    assert {"organisation", "roles", "purposes"} <= held.keys()
    assert all(one["permissions"]["edit"] == ["admin"] for one in held.values())
    assert "unmanagedAttributePolicy" not in realm["components"][PROFILE][0]["config"]["kc.user.profile.config"][0]


def test_the_one_client_is_public_proves_its_codes_and_goes_back_to_exact_addresses(realm: dict[str, Any]) -> None:
    client = realm["clients"][0]
    assert [one["clientId"] for one in realm["clients"]] == [CLIENT]
    assert client["redirectUris"] == [REDIRECT]
    assert client["publicClient"]
    assert client["attributes"]["pkce.code.challenge.method"] == "S256"
    open_ways = ("implicitFlowEnabled", "directAccessGrantsEnabled", "serviceAccountsEnabled", "fullScopeAllowed")
    assert not any(client[way] for way in open_ways)


def test_the_realm_is_closed_and_watched(realm: dict[str, Any]) -> None:
    assert not any(realm[way] for way in ("registrationAllowed", "resetPasswordAllowed", "rememberMe"))
    assert all(realm[guard] for guard in ("bruteForceProtected", "adminEventsEnabled", "eventsEnabled"))
    required = {one["alias"] for one in realm["requiredActions"] if one["defaultAction"]}
    assert required == {"CONFIGURE_TOTP", "webauthn-register-passwordless"}
    assert realm["accessTokenLifespan"] == 300
    assert "users" not in realm, "nobody and no password is in the repository"


def test_each_level_of_two_factors_is_one_that_breaks_the_glass_and_is_reached_by_showing_them(
    realm: dict[str, Any],
) -> None:
    named = json.loads(realm["attributes"]["acr.loa.map"])
    assert {name for name, level in named.items() if level > 1} <= STRONG
    assert "aal1" not in STRONG
    flows = {flow["alias"]: flow["authenticationExecutions"] for flow in realm["authenticationFlows"]}
    said = {one["alias"]: one["config"] for one in realm["authenticatorConfig"]}
    reached = {}
    for steps in flows.values():
        asked = [said.get(step.get("authenticatorConfig"), {}) for step in steps]
        for level in (one["loa-condition-level"] for one in asked if "loa-condition-level" in one):
            assert all(step["requirement"] == "REQUIRED" for step in steps)
            reached[int(level)] = [one for one in asked if "loa-condition-level" not in one and one]
    assert reached == {
        2: [{"flow_to_check": "code", "check_result": "executed"}],
        3: [{"credentials": "webauthn-passwordless", "included": "true"}],
    }
    assert "auth-otp-form" in {step.get("authenticator") for step in flows["code"]}
    assert realm["webAuthnPolicyPasswordlessUserVerificationRequirement"] == "required"
    assert {"basic", "acr"} <= set(realm["clients"][0]["defaultClientScopes"])


def test_the_invented_people_have_the_claims_that_the_development_issuer_gives_them() -> None:
    people = {**{one.key: one for one in STEWARDS}, **people_in(STORY)}
    users = realm_of(STORY, "drawn")["users"]
    assert [user["username"] for user in users] == list(people)
    for user, person in zip(users, people.values(), strict=True):
        said = user["attributes"]
        claims = {
            "sub": user["id"],
            "organisation": said["organisation"][0],
            **{k: said[k] for k in ("roles", "purposes")},
        }
        assert Holder.of(claims) == Holder.of(person.claims)
    assert realm_of(None, "drawn")["users"] == []


def test_a_practice_leaves_its_password_in_a_folder_of_its_owners_alone(tmp_path: Path) -> None:
    realm = json.loads(practice(STORY, tmp_path / "practice").read_text("utf-8"))
    password = (tmp_path / "practice" / "people").read_text("utf-8")
    assert {user["credentials"][0]["value"] for user in realm["users"]} == {password}
    assert stat.S_IMODE((tmp_path / "practice").stat().st_mode) == 0o700


def test_a_password_is_drawn_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "people"
    drawn = kept_password(path)
    assert len(drawn) >= 32
    assert kept_password(path) == drawn
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
