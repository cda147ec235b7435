"""Roles and lists: who may do what, against a table made by hand."""

import attrs
import pytest

from fring_core import ALLOWED, Action, Forbidden, Identity, Role

TABLE = {
    ("viewer", "read"): True,
    ("viewer", "write tasks"): False,
    ("viewer", "manage users"): False,
    ("viewer", "manage webhooks"): False,
    ("member", "read"): True,
    ("member", "write tasks"): True,
    ("member", "manage users"): False,
    ("member", "manage webhooks"): False,
    ("admin", "read"): True,
    ("admin", "write tasks"): True,
    ("admin", "manage users"): True,
    ("admin", "manage webhooks"): True,
}


def test_the_table_is_complete():
    assert set(TABLE) == {(role.value, action.value) for role in Role for action in Action}
    assert set(ALLOWED) == set(Role)


@pytest.mark.parametrize(("role", "action", "may"), [(*pair, may) for pair, may in TABLE.items()])
def test_roles_and_actions(role, action, may):
    identity = Identity("ann", Role(role))
    if may:
        identity.check_may(Action(action))
        return
    with pytest.raises(Forbidden) as raised:
        identity.check_may(Action(action))
    assert raised.value.reason == f"A {role} may not {action}"


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        ALLOWED[Role.VIEWER] = frozenset(Action)  # type: ignore[index]  # what is tested
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Identity("ann").role = Role.ADMIN  # type: ignore[misc]  # what is tested


def test_a_caller_is_a_member_unless_told_otherwise():
    assert Identity("ann") == Identity("ann", Role.MEMBER)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    "owner", ["Ann", "ANN", "ann ", " ann", "an", "anna", "", "a\u0301nn", "v1", "*", "%"]
)
def test_a_list_belongs_to_the_subject_of_its_name_alone(owner, role):
    Identity("ann", role).check_owns("ann")
    with pytest.raises(Forbidden, match=r"^This list belongs to somebody else$"):
        Identity("ann", role).check_owns(owner)
