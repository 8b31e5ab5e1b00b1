"""Every deed asks who does it, whatever it is given: no page and no route is what keeps somebody out."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pandas as pd
import pytest

from cmi_core import actions
from cmi_core.accounts.roles import ROLES, Account
from cmi_core.actions import kpis
from cmi_core.errors import CmiError, PermissionRefused
from cmi_core.kpi.reminders import Mail

AT = datetime(2026, 7, 1, 3, 0)
# The least role that gets past the question who it is.
LEAST = {
    "accounts.change": "lead",
    "accounts.change_own_password": "viewer",
    "accounts.close_for_good": "admin",
    "accounts.create": "lead",
    "accounts.end_sessions": "lead",
    "accounts.set_password": "admin",
    "backups.listed": "admin",
    "backups.take": "admin",
    "criteria.score": "editor",
    "definition_import.import_definitions": "editor",
    "definition_import.preview": "editor",
    "drafts.forget": "coordinator",
    "drafts.keep": "coordinator",
    "drafts.ticket": "coordinator",
    "evidence.keep": "coordinator",
    "evidence.remove": "admin",
    "feeds.token": "viewer",
    "goals.tie_means": "editor",
    "goals.update_means": "editor",
    "identities.invite": "admin",
    "identities.untie": "admin",
    "imports.import_values": "coordinator",
    "imports.preview": "coordinator",
    "index_settings.correct_score": "editor",
    "index_settings.set_levels": "editor",
    "index_settings.set_weights": "editor",
    "indices.import_framework": "editor",
    "indices.import_scores": "editor",
    "indices.undo": "editor",
    "kpi_definitions.assign": "editor",
    "kpi_definitions.define_kpi": "editor",
    "kpi_definitions.link_kpi": "editor",
    "kpi_definitions.set_target": "coordinator",
    "kpis.correct_value": "coordinator",
    "kpis.record_value": "coordinator",
    "kpis.send_back": "coordinator",
    "kpis.verify_value": "coordinator",
    "kpis.withdraw_value": "coordinator",
    "mailing.send": "editor",
    "password_links.make": "lead",
    "places.import_points": "editor",
    "places.replace_boundaries": "editor",
    "places.tie": "editor",
    "proposals.accept_as_landmark": "editor",
    "proposals.accept_as_place": "editor",
    "proposals.decline": "editor",
    "proposals.propose": "coordinator",
    "second_factor.renew_codes": "viewer",
    "second_factor.turn_off": "viewer",
    "second_factor.turn_on": "viewer",
    "undo.undo": "coordinator",
}
# What is asked before there is an account, or by a secret that stands for one.
BY_SECRET = {
    "accounts.first_admin", "accounts.prepare",
    "accounts.choose_password", "accounts.sign_out", "accounts.signing_key", "accounts.whose",
    "drafts.whose", "feeds.whose", "identities.arrive", "identities.is_ticket", "identities.sign_out", "identities.ticket",
    "identities.waits", "identities.whose", "password_links.asked", "password_links.use", "password_links.waits", "second_factor.is_right", "second_factor.set_up", "signing_in.give_code",
    "signing_in.own_factor", "signing_in.own_password", "signing_in.remembered", "signing_in.sign_in", "signing_in.standing",
}  # fmt: skip
# What the server does by itself: it takes no account's word, and changes nothing that is on record.
BY_ITSELF = {"retention.forget"}
READS = {
    "accounts.check_password",
    "accounts.factor_missing",
    "accounts.keep_an_admin",
    "accounts.own_words",
    "index_lines.check_seen",
    "indices.differing",
    "kpi_definitions.checked",
    "kpi_definitions.new",
    "kpis.is_assigned",
    "kpis.newest",
    "kpis.newest_value",
    "kpis.theirs",
}
GIVEN: dict[str, Any] = {
    "kpi": "k_d3_maekha_bod", "period": "2025-01", "value": 1.0, "quality": "measured", "note": "why",
    "entry": 2, "expected_version": 1, "seen": 1, "means": "d1_g1_m1", "role": "viewer", "assessment": "isc_2019",
    "city": "chiang_mai", "node": "isc_inclusive",
}  # fmt: skip
_VALUE = {name: GIVEN[name] for name in ("kpi", "period", "note", "expected_version")} | {"at": AT}
# What is passed on as it comes, and so is not in the signature.
GIVEN_ON = {
    "correct_value": _VALUE | {"value": 1.0, "quality": "measured"},
    "verify_value": _VALUE,
    "send_back": _VALUE,
}
BY_KIND = {
    str: "x", int: 1, float: 1.0, bool: True, bytes: b"x", datetime: AT, date: AT.date(), pd.DataFrame: pd.DataFrame(),
}  # fmt: skip


def deeds() -> dict[str, Callable[..., Any]]:
    """All but the way to write that they share."""
    found = {}
    for module in iter_modules(actions.__path__):
        loaded = import_module(f"{actions.__name__}.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            ours = function.__module__ == loaded.__name__ and not name.startswith("_")
            if ours and module.name != "authority":
                found[f"{module.name}.{name}"] = function
    return found


DEEDS = {
    name: function for name, function in deeds().items() if "actor" in inspect.signature(function).parameters
}


def given(function: Callable[..., Any]) -> dict[str, Any]:
    """Something of the right kind for each argument that must be given by name."""
    parameters = list(inspect.signature(function).parameters.values())
    asked = {
        each.name: GIVEN.get(each.name, _of_kind(each.annotation))
        for each in parameters
        if each.kind is inspect.Parameter.KEYWORD_ONLY and each.default is each.empty
    }
    return asked | GIVEN_ON.get(function.__name__, {})


def _of_kind(kind: Any) -> Any:
    if kind in BY_KIND:
        return BY_KIND[kind]
    if kind == tuple[str, str, str]:
        return ("1", "measured", "why")
    origin = getattr(kind, "__origin__", None)
    return {} if origin is Mapping else () if origin is Sequence else None


@pytest.fixture
def store(store):
    """With one value recorded by somebody, as entry 2, that they may want to undo."""
    kpis.record_value(
        store, Account("somebody", "ใคร", "editor"), kpi=GIVEN["kpi"], period=GIVEN["period"], value=4.0, quality="measured",
        note="x", at=AT,
    )  # fmt: skip
    return store


def attempt(store, name: str, actor: Account | None) -> CmiError | Exception | None:
    """What came of a deed done by somebody: the refusal, another fault, or nothing."""
    function, positional = DEEDS[name], []
    for each in list(inspect.signature(function).parameters.values()):
        if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            positional.append({"store": store, "actor": actor}.get(each.name, Mail("x", "y")))
    try:
        function(*positional, **given(function))
    except Exception as problem:  # noqa: BLE001 - which one it is, is the question
        return problem
    return None


def test_every_deed_is_in_the_table():
    assert set(DEEDS) == set(LEAST)
    of_store = {
        name for name, function in deeds().items() if "store" in inspect.signature(function).parameters
    }
    assert of_store - set(DEEDS) == BY_SECRET | BY_ITSELF | READS


@pytest.mark.parametrize("name", LEAST)
def test_nobody_does_a_deed_without_signing_in(store, name):
    version, refused = store.version, attempt(store, name, None)

    assert isinstance(refused, PermissionRefused), refused
    assert refused.reason == "sign_in_needed"
    assert store.version == version


@pytest.mark.parametrize(
    ("name", "role"),
    [(name, role) for name, least in LEAST.items() for role in ROLES[: ROLES.index(least)]],
)
def test_a_role_below_is_refused(store, name, role):
    version, refused = store.version, attempt(store, name, Account("somebody", "ใคร", role))

    assert isinstance(refused, PermissionRefused), refused
    assert (refused.reason, refused.details) == ("not_permitted", {"role": role})
    assert store.version == version


@pytest.mark.parametrize("name", LEAST)
def test_who_was_somebody_when_the_page_was_made_is_asked_again(store, name):
    """Whatever the page knows, nobody who is gone, and nobody whose role is below by now."""
    below = ROLES[: ROLES.index(LEAST[name])]
    version = store.version
    for now, told in [
        (None, ("session_over", {})),
        *((role, ("not_permitted", {"role": role})) for role in below),
    ]:
        found = now and Account("somebody", "ใคร", now)
        refused = attempt(store, name, Account("somebody", "ใคร", "admin", now=lambda found=found: found))

        assert isinstance(refused, PermissionRefused), refused
        assert (refused.reason, refused.details) == told
    assert store.version == version


@pytest.mark.parametrize("name", LEAST)
def test_the_least_role_gets_past_the_question(store, name):
    refused = attempt(store, name, Account("somebody", "ใคร", LEAST[name]))

    assert not isinstance(refused, PermissionRefused) or refused.reason != "not_permitted"
