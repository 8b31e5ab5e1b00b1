"""Which role reaches which deed."""

import pytest

from cmi_core.accounts.roles import DEEDS, ROLES, Account, may, require
from cmi_core.errors import PermissionRefused


def somebody(role):
    return Account("x1", "X", role)


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_what_is_at_or_below_it(role, deed):
    reaches = ROLES.index(role) >= ROLES.index(DEEDS[deed])

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
    assert [deed for deed, role in DEEDS.items() if role == "viewer"] == ["change_own_password"]


def test_a_coordinator_needs_the_assignment_and_an_editor_does_not():
    with pytest.raises(PermissionRefused, match="not_assigned"):
        require(somebody("coordinator"), "record_value", assigned=False)

    assert require(somebody("editor"), "record_value", assigned=False).role == "editor"
    assert require(somebody("coordinator"), "record_value", assigned=True).role == "coordinator"


def test_a_deed_that_is_not_listed_is_a_fault_of_the_program():
    with pytest.raises(KeyError):
        may(somebody("admin"), "no_such_deed")
