"""The contract of a store, whole."""

from fring_core.testing.contract_assignments import AssignmentTests
from fring_core.testing.contract_cancelled import CancelledTests
from fring_core.testing.contract_clashes import ClashTests
from fring_core.testing.contract_commits import CommitTests
from fring_core.testing.contract_credentials import CredentialTests
from fring_core.testing.contract_filters import FilterTests
from fring_core.testing.contract_fresh import FreshTests
from fring_core.testing.contract_glimpses import GlimpseTests
from fring_core.testing.contract_halfway import HalfwayTests
from fring_core.testing.contract_handovers import HandoverTests
from fring_core.testing.contract_ids import IdTests
from fring_core.testing.contract_inheritance import InheritanceTests
from fring_core.testing.contract_inside import InsideTests
from fring_core.testing.contract_lasting import LastingTests
from fring_core.testing.contract_lists import ListTests
from fring_core.testing.contract_moments import MomentTests
from fring_core.testing.contract_neighbours import NeighbourTests
from fring_core.testing.contract_nested import NestedTransactionTests
from fring_core.testing.contract_orders import OrderTests
from fring_core.testing.contract_overtaken import OvertakenTests
from fring_core.testing.contract_owners import OwnerTests
from fring_core.testing.contract_pairs import PairTests
from fring_core.testing.contract_races import RaceTests
from fring_core.testing.contract_roles import RoleTests
from fring_core.testing.contract_saves import SaveTests
from fring_core.testing.contract_single_reads import SingleReadTests
from fring_core.testing.contract_sizes import SizeTests
from fring_core.testing.contract_tasks import TaskTests
from fring_core.testing.contract_texts import TextTests
from fring_core.testing.contract_transactions import TransactionTests
from fring_core.testing.contract_users import UserTests
from fring_core.testing.threads import InThreads

__all__ = ["InThreads", "StoreContract"]


# pytest runs the tests of the last base first: what is simplest comes last here.
class StoreContract(
    CancelledTests,
    LastingTests,
    SingleReadTests,
    HalfwayTests,
    GlimpseTests,
    HandoverTests,
    NeighbourTests,
    PairTests,
    RaceTests,
    OvertakenTests,
    CommitTests,
    ClashTests,
    NestedTransactionTests,
    FreshTests,
    InsideTests,
    TransactionTests,
    SizeTests,
    TextTests,
    MomentTests,
    AssignmentTests,
    OrderTests,
    FilterTests,
    ListTests,
    InheritanceTests,
    IdTests,
    SaveTests,
    OwnerTests,
    TaskTests,
    RoleTests,
    CredentialTests,
    UserTests,
):
    """Hold a test for every MUST of `fring_core.ports`.

    Inherit it in a test module under a name that pytest collects, and override `open_store`; and
    `reopen`, if what is stored outlives the store.
    """
