"""The contract of a store, whole."""

from fring_core.testing.contract_assignments import AssignmentTests
from fring_core.testing.contract_base import InThreads
from fring_core.testing.contract_clashes import ClashTests
from fring_core.testing.contract_credentials import CredentialTests
from fring_core.testing.contract_filters import FilterTests
from fring_core.testing.contract_ids import IdTests
from fring_core.testing.contract_inheritance import InheritanceTests
from fring_core.testing.contract_lists import ListTests
from fring_core.testing.contract_nested import NestedTransactionTests
from fring_core.testing.contract_orders import OrderTests
from fring_core.testing.contract_owners import OwnerTests
from fring_core.testing.contract_races import RaceTests
from fring_core.testing.contract_roles import RoleTests
from fring_core.testing.contract_tasks import TaskTests
from fring_core.testing.contract_transactions import TransactionTests
from fring_core.testing.contract_users import UserTests

__all__ = ["InThreads", "StoreContract"]


class StoreContract(
    UserTests,
    CredentialTests,
    RoleTests,
    TaskTests,
    OwnerTests,
    IdTests,
    InheritanceTests,
    ListTests,
    FilterTests,
    OrderTests,
    AssignmentTests,
    TransactionTests,
    NestedTransactionTests,
    ClashTests,
    RaceTests,
):
    """Hold a test for every MUST of `fring_core.ports`.

    Inherit it in a test module under a name that pytest collects, and override `open_store`.
    """
