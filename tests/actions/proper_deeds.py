"""Every deed that writes, prepared so that nothing but its actor could stand in its way."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import geopandas
import pyotp
import shapely

from cmi_core.accounts.roles import Account
from cmi_core.actions import (
    accounts,
    criteria,
    definition_import,
    drafts,
    evidence,
    feeds,
    goals,
    identities,
    imports,
    index_settings,
    indices,
    kpi_definitions,
    kpis,
    password_links,
    places,
    proposals,
    second_factor,
    undo,
)
from cmi_core.geography.boundaries import read_boundaries
from cmi_core.geography.points import read_points
from cmi_core.store import Store
from cmi_core.store import identities as kept_identities
from cmi_core.store import indices as stored_indices
from cmi_core.store.drafts import Draft
from tests import signing
from tests.index import comparison_data as data

AT = datetime(2026, 7, 1, 3, 0)
SOMEBODY = Account("somebody", "ใคร", "admin")
OTHER = Account("other", "อื่น", "admin")
PASSWORD = "a long enough word"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
KPI, PERIOD = "k_d1_saifi", "2024"
SOURCE = {"producer": "เทศบาลนครเชียงใหม่", "title": "แนวเขต", "licence": "CC BY 4.0"}
POINT = json.dumps({"type": "Point", "coordinates": [98.97, 18.79]})
LINE = json.dumps({"type": "LineString", "coordinates": [[98.97, 18.79], [98.98, 18.79]]})


class Deed:
    """A deed with everything it is given but its actor."""

    def __init__(self, function: Callable[..., Any], store: Store, **given: Any) -> None:
        self.function, self.store, self.given = function, store, given

    def __call__(self, actor: Account) -> Any:
        return self.function(self.store, actor, **self.given)


Prepared = Callable[[Store], Deed]
WHY = {"note": "เหตุผล", "at": AT}
_VALUE = {"kpi": KPI, "period": PERIOD, "value": 4.0, "quality": "measured"} | WHY
_PROPOSED = {"title": "ลาน", "comment": "", "theme": "idea", "organisation": None, "workshop": ""} | WHY


def _people(store: Store) -> None:
    signing.old_account(store, "other", name="อื่น", role="admin", password=PASSWORD, at=AT)
    for account in ("somebody", "nok"):
        signing.old_account(store, account, name="นก", role="coordinator", password=PASSWORD, at=AT)


def _of_accounts(deed: Callable[..., Any], **given: Any) -> Prepared:
    def prepared(store: Store) -> Deed:
        _people(store)
        return Deed(deed, store, **given)

    return prepared


def _value(store: Store, actor: Account = OTHER, **changed: Any) -> int:
    return kpis.record_value(store, actor, **_VALUE | changed)


def _on_a_value(deed: Callable[..., Any], **given: Any) -> Prepared:
    """On a value of somebody else's that two people look at."""

    def prepared(store: Store) -> Deed:
        held = store.rows("SELECT entry FROM kpi_current WHERE kpi = $kpi", kpi=KPI)[0][0]
        kpi_definitions.define_kpi(
            store, OTHER, kpi=KPI, fields={"four_eyes": True}, expected_version=held, **WHY
        )
        entry = _value(store)
        on = {"kpi": KPI, "period": PERIOD, "expected_version": entry} | WHY | given
        return Deed(deed, store, **on)

    return prepared


def _import(store: Store) -> Deed:
    seen = imports.preview(
        store, OTHER, data=f"kpi,period,value\n{KPI},2023,3\n".encode(), name="values.csv", at=AT
    )
    return Deed(imports.import_values, store, cells=seen.wanted, **WHY)


def _definitions(store: Store) -> Deed:
    data = f"kpi,target,target_period\n{KPI},3,2030\n".encode()
    seen = definition_import.preview(store, OTHER, data=data, name="definitions.csv", at=AT)
    return Deed(definition_import.import_definitions, store, changes=seen.wanted, **WHY)


def _target(store: Store) -> Deed:
    held = store.rows("SELECT entry FROM kpi_current WHERE kpi = $kpi", kpi=KPI)[0][0]
    given = {"kpi": KPI, "owner": "chiang_mai_municipality", "expected_version": held} | WHY
    return Deed(kpi_definitions.set_target, store, **given)


def _assign(store: Store) -> Deed:
    _people(store)
    return Deed(kpi_definitions.assign, store, kpi=KPI, account="nok", role="coordinator", **WHY)


def _framework(store: Store) -> Deed:
    given = {"head": data.HEAD, "nodes": data.NODES, "levels": data.LEVELS, "source": data.SOURCE} | WHY
    return Deed(indices.import_framework, store, **given)


def _scores(store: Store) -> Deed:
    given = {
        "framework": data.framework(store), "places": data.places(), "values": data.values(), "source": data.SOURCE,
        "quality": "measured",
    } | WHY  # fmt: skip
    seen = stored_indices.last_entry(store, given["framework"])
    return Deed(indices.import_scores, store, expected_version=seen, **given)


def _of_an_index(deed: Callable[..., Any], **given: Any) -> Prepared:
    def prepared(store: Store) -> Deed:
        seen = stored_indices.last_entry(store, "isc_2019")
        on = {"framework": "isc_2019", "source": data.SOURCE, "expected_version": seen} | WHY | given
        return Deed(deed, store, **on)

    return prepared


def _levels(store: Store) -> Deed:
    code = data.framework(store)
    levels = [
        row | {"level": level}
        for row, (level,) in zip(
            data.LEVELS,
            store.rows(
                "SELECT level FROM level_current WHERE framework = $code ORDER BY position", code=code
            ),
            strict=True,
        )
    ]
    return _of_an_index(
        index_settings.set_levels, framework=code, levels=levels, expected_version=store.version
    )(store)


def _correct_score(store: Store) -> Deed:
    home = {"assessment": "isc_chiang_mai_2019", "city": "chiang_mai", "node": "isc_basic"}
    held = stored_indices.values_of(store, home["assessment"])
    seen = int(held.loc[held["node"] == home["node"], "entry"].iloc[0])
    return Deed(index_settings.correct_score, store, value="83.33", expected_version=seen, **home, **WHY)


def _undo_index(store: Store) -> Deed:
    data.framework(store)
    entry = store.version
    return Deed(indices.undo, store, entry=entry, **WHY)


def _boundaries(store: Store) -> Deed:
    shape = shapely.box(98.965, 18.786, 98.978, 18.796)
    file = geopandas.GeoDataFrame({"name_th": ["สวนดอก"]}, geometry=[shape], crs=4326).to_json().encode()
    given = {
        "upload": read_boundaries(file, filename="area.geojson"), "replaces": {1: "suan_dok"}, "kind": "official",
        "valid_from": None, "accuracy_m": 5.0, "seen": {"suan_dok": 1},
    } | SOURCE | WHY  # fmt: skip
    return Deed(places.replace_boundaries, store, **given)


def _points(store: Store) -> Deed:
    found = read_points(b"name_en,lon,lat\nBio lab,98.9745,18.7900\n")
    given = {"points": found.points, "category": "laboratory"} | SOURCE | WHY
    return Deed(places.import_points, store, **given)


def _propose(store: Store, actor: Account, geometry: str) -> int:
    return proposals.propose(store, actor, geometry=geometry, **_PROPOSED)


def _decide(deed: Callable[..., Any], geometry: str, **given: Any) -> Prepared:
    def prepared(store: Store) -> Deed:
        seen = _propose(store, OTHER, geometry)
        return Deed(deed, store, proposal="p1", seen=seen, **given, **WHY)

    return prepared


def _undo(whose: Account) -> Prepared:
    def prepared(store: Store) -> Deed:
        entry = _value(store, whose)
        return Deed(undo.undo, store, entry=entry, **WHY)

    return prepared


def _on(deed: Callable[..., Any], **given: Any) -> Prepared:
    return lambda store: Deed(deed, store, **given)


def _forget(store: Store) -> Deed:
    on = {"kpi": KPI, "period": PERIOD}
    drafts.keep(store, SOMEBODY, draft=Draft("4", "measured", "x"), at=AT, **on)
    return Deed(drafts.forget, store, **on)


def _remove_evidence(store: Store) -> Deed:
    mark = evidence.keep(store, OTHER, data=b"%PDF-1.7\n1 0 obj", name="x.pdf", at=AT)
    return Deed(evidence.remove, store, mark=mark, **WHY)


def _fresh_token(store: Store) -> Deed:
    feeds.token(store, SOMEBODY)
    return Deed(feeds.token, store, fresh=True)


def _factor(deed: Callable[..., Any], **given: Any) -> Prepared:
    def prepared(store: Store) -> Deed:
        _people(store)
        second_factor.set_up(store, SOMEBODY, secret=SECRET, code=app(AT), **WHY)
        return Deed(deed, store, password=PASSWORD, **given)

    return prepared


def _with_address(deed: Callable[..., Any], *, tied: bool) -> Prepared:
    """On an account with an address, which the organisation's own sign-in is tied to or not."""

    def prepared(store: Store) -> Deed:
        _people(store)
        accounts.change(
            store,
            OTHER,
            account="nok",
            name="นก",
            role="editor",
            active=True,
            email="nok@city.example",
            **WHY,
        )
        if tied:
            with store.writing() as cursor:
                kept_identities.tie(cursor, "nok", issuer="https://login.city.example", subject="nok", at=AT)
        return Deed(deed, store, account="nok", **WHY)

    return prepared


def app(at: datetime) -> str:
    """What the app on a phone with `SECRET` shows at a moment."""
    return pyotp.TOTP(SECRET).at(int(at.replace(tzinfo=UTC).timestamp()))


_NOK = {"account": "nok", "name": "นก", "role": "editor"} | WHY
PROPER: dict[str, Prepared] = {
    "accounts.change": _of_accounts(accounts.change, active=True, **_NOK),
    "accounts.change_own_password": _of_accounts(
        accounts.change_own_password, current=PASSWORD, password="another long word", **WHY
    ),
    "accounts.close_for_good": _of_accounts(accounts.close_for_good, account="nok", **WHY),
    "accounts.create": _of_accounts(
        accounts.create, password=PASSWORD, sign_in="dao", name="ดาว", role="editor", **WHY
    ),
    "accounts.set_password": _of_accounts(
        accounts.set_password, account="nok", password="another long word", **WHY
    ),
    "accounts.end_sessions": _of_accounts(accounts.end_sessions, account="nok", **WHY),
    "accounts.end_sessions, one's own": _of_accounts(accounts.end_sessions, account="somebody", **WHY),
    "criteria.score": _on(
        criteria.score, place="suan_dok", criterion="leadership", score=5.0, quality="measured", evidence="x",
        evidence_link="", seen=0, **WHY,
    ),
    "definition_import.import_definitions": _definitions,
    "drafts.forget": _forget,
    "drafts.keep": _on(drafts.keep, kpi=KPI, period=PERIOD, draft=Draft("4", "measured", "x"), at=AT),
    "evidence.keep": _on(evidence.keep, data=b"%PDF-1.7\n1 0 obj", name="x.pdf", at=AT),
    "evidence.remove": _remove_evidence,
    "feeds.token": _on(feeds.token),
    "feeds.token, a fresh one": _fresh_token,
    "goals.tie_means": _on(goals.tie_means, means="d1_m01", wanted={"isc_inclusive": "high"}, **WHY),
    "goals.update_means": _on(
        goals.update_means, means="d1_m01", state="under_way", owner=None, starts_on=date(2026, 1, 1), ends_on=None, seen=0,
        **WHY,
    ),
    "identities.invite": _with_address(identities.invite, tied=False),
    "identities.untie": _with_address(identities.untie, tied=True),
    "imports.import_values": _import,
    "index_settings.correct_score": _correct_score,
    "index_settings.set_levels": _levels,
    "index_settings.set_weights": _of_an_index(index_settings.set_weights, weights={"isc_inclusive": 1.0}),
    "indices.import_framework": _framework,
    "indices.import_scores": _scores,
    "indices.undo": _undo_index,
    "kpi_definitions.assign": _assign,
    "kpi_definitions.define_kpi": _on(
        kpi_definitions.define_kpi, kpi="k_new",
        fields={"goal": "d3_green_city", "name_th": "ก", "name_en": "A", "unit_th": "ก", "unit_en": "a"}, **WHY,
    ),
    "kpi_definitions.link_kpi": _on(
        kpi_definitions.link_kpi, kpi=KPI, kind="place", target="suan_dok", confidence="low", **WHY
    ),
    "kpi_definitions.set_target": _target,
    "kpis.correct_value": _on_a_value(kpis.correct_value, value=5.0, quality="measured"),
    "kpis.record_value": lambda store: Deed(kpis.record_value, store, **_VALUE),
    "kpis.send_back": _on_a_value(kpis.send_back),
    "kpis.verify_value": _on_a_value(kpis.verify_value),
    "kpis.withdraw_value": _on_a_value(kpis.withdraw_value),
    "password_links.make": _of_accounts(password_links.make, account="nok", **WHY),
    "places.import_points": _points,
    "places.replace_boundaries": _boundaries,
    "places.tie": _on(places.tie, landmark="maharaj", wanted={("index_node", "isc_inclusive"): "high"}, **WHY),
    "proposals.accept_as_landmark": _decide(
        proposals.accept_as_landmark, POINT, category="laboratory", name_en="Lab"
    ),
    "proposals.accept_as_place": _decide(
        proposals.accept_as_place, LINE, name_en="Lab", corridor_m=25.0, accuracy_m=30.0, extent=("ก", "a")
    ),
    "proposals.decline": _decide(proposals.decline, POINT),
    "proposals.propose": lambda store: Deed(proposals.propose, store, geometry=POINT, **_PROPOSED),
    "second_factor.renew_codes": _factor(second_factor.renew_codes, **WHY),
    "second_factor.turn_off": _factor(second_factor.turn_off, **WHY),
    "second_factor.turn_on": _of_accounts(
        second_factor.turn_on, secret=SECRET, code=app(AT), password=PASSWORD, **WHY
    ),
    "undo.undo": _undo(OTHER),
    "undo.undo, one's own": _undo(SOMEBODY),
}  # fmt: skip
