"""Which role reaches which deed."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from cmi_core.accounts.roles import DEEDS, ROLES, Account, may, require, table
from cmi_core.errors import PermissionRefused


def somebody(role):
    return Account("x1", "X", role)


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_what_is_at_or_below_it(role, deed):
    above = ROLES.index(role) >= ROLES.index(DEEDS[deed].least)
    # Only this one is not of every role above: an editor of the plan looks after nobody.
    reaches = above and (role, deed) != ("editor", "manage_people")

    assert may(somebody(role), deed) is reaches
    if reaches:
        assert require(somebody(role), deed) == somebody(role)
    else:
        with pytest.raises(PermissionRefused) as refused:
            require(somebody(role), deed)
        assert (refused.value.reason, refused.value.details) == ("not_permitted", {"role": role})


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_may_do_anything(deed):
    assert not may(None, deed)
    with pytest.raises(PermissionRefused, match="sign_in_needed"):
        require(None, deed)


def test_a_viewer_may_write_nothing():
    assert [deed for deed, right in DEEDS.items() if right.least == "viewer"] == [
        "change_own_password",
        "own_second_factor",
        "own_feed",
        "own_data",
    ]


def test_a_coordinator_needs_the_assignment_and_an_editor_does_not():
    with pytest.raises(PermissionRefused, match="not_assigned"):
        require(somebody("coordinator"), "record_value", assigned=lambda _: False)

    assert require(somebody("editor"), "record_value", assigned=lambda _: False).role == "editor"
    assert require(somebody("coordinator"), "record_value", assigned=lambda _: True).role == "coordinator"


def test_a_lead_needs_the_assignment_as_any_coordinator():
    with pytest.raises(PermissionRefused, match="not_assigned"):
        require(somebody("lead"), "record_value", assigned=lambda _: False)

    assert require(somebody("lead"), "record_value", assigned=lambda _: True).role == "lead"


def test_whoever_was_looked_up_long_ago_is_looked_up_again():
    """A page keeps its reader; what counts is who they are when the deed is done."""
    then = replace(somebody("admin"), now=lambda: somebody("coordinator"))

    assert require(then, "record_value") == somebody("coordinator")
    with pytest.raises(PermissionRefused) as refused:
        require(then, "manage_accounts")
    assert (refused.value.reason, refused.value.details) == ("not_permitted", {"role": "coordinator"})
    # An editor that was needs the assignment as any coordinator does, and it is asked for the account as it is.
    asked = []
    with pytest.raises(PermissionRefused, match="not_assigned"):
        require(then, "record_value", assigned=lambda by: asked.append(by.role))
    assert asked == ["coordinator"]
    # What is shown is decided by the page, which may still show it.
    assert may(then, "manage_accounts")


@pytest.mark.parametrize("found", [None, Account("x2", "Y", "admin")], ids=["gone", "somebody else"])
def test_who_is_gone_or_somebody_else_does_nothing(found):
    with pytest.raises(PermissionRefused, match="session_over"):
        require(replace(somebody("admin"), now=lambda: found), "change_own_password")


def test_how_somebody_is_looked_up_does_not_tell_two_accounts_apart():
    then = replace(somebody("editor"), now=lambda: None)

    assert then == somebody("editor")
    assert hash(then) == hash(somebody("editor"))
    assert "now" not in repr(then)


def test_a_deed_that_is_not_listed_is_a_fault_of_the_program():
    with pytest.raises(KeyError):
        may(somebody("admin"), "no_such_deed")


ROOT = Path(__file__).parents[2]
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_the_document_has_the_table_of_roles_and_deeds_and_no_other_row():
    named = " | ".join({"admin": "administrator"}.get(role, role) for role in ROLES)
    ruled = " | ".join(["---"] * (2 + len(ROLES)))

    assert f"\n| deed | code | {named} |\n| {ruled} |\n{table()}\n\n" in SECURITY


def test_each_row_of_the_table_says_what_is_done():
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table().splitlines()]

    assert [row[1] for row in rows] == [f"`{deed}`" for deed in DEEDS]
    assert all(len(row) == 2 + len(ROLES) and re.match(r"[a-z]{3,}", row[0]) for row in rows)
    for what, code, *marks in rows:
        told = [mark == "yes" for mark in marks]
        assert told == [may(somebody(role), code.strip("`")) for role in ROLES], what


def asked_for_an_assignment():
    """The deeds that some action asks with whether the KPI is the actor's."""
    for file in sorted((ROOT / "cmi_core" / "actions").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and "assigned" in {each.arg for each in node.keywords}:
                yield from (each.value for each in node.args if isinstance(each, ast.Constant))


def test_what_takes_an_assignment_is_what_the_table_marks():
    """A sheet has many KPIs: the assignment of each is asked by the import itself."""
    starred = {code for code, right in DEEDS.items() if "*" in right.what}

    assert starred == {*asked_for_an_assignment(), "import_values"}
    assert {DEEDS[code].least for code in starred} == {"coordinator"}
