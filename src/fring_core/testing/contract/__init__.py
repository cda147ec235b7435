"""The contract of a store, whole."""

from fring_core.testing.contract.assigned_pages import AssignedPageTests
from fring_core.testing.contract.assignments import AssignmentTests
from fring_core.testing.contract.cancelled import CancelledTests
from fring_core.testing.contract.claims import ClaimTests
from fring_core.testing.contract.clashes import ClashTests
from fring_core.testing.contract.commits import CommitTests
from fring_core.testing.contract.credentials import CredentialTests
from fring_core.testing.contract.deliveries import DeliveryTests
from fring_core.testing.contract.event_histories import EventHistoryTests
from fring_core.testing.contract.event_pages import EventPageTests
from fring_core.testing.contract.event_places import EventPlaceTests
from fring_core.testing.contract.event_races import EventRaceTests
from fring_core.testing.contract.events import EventTests
from fring_core.testing.contract.events_of_changes import EventOfChangeTests
from fring_core.testing.contract.feed import FeedTests
from fring_core.testing.contract.feed_order import FeedOrderTests
from fring_core.testing.contract.filters import FilterTests
from fring_core.testing.contract.fresh import FreshTests
from fring_core.testing.contract.glimpses import GlimpseTests
from fring_core.testing.contract.halfway import HalfwayTests
from fring_core.testing.contract.handovers import HandoverTests
from fring_core.testing.contract.ids import IdTests
from fring_core.testing.contract.inheritance import InheritanceTests
from fring_core.testing.contract.inside import InsideTests
from fring_core.testing.contract.lasting import LastingTests
from fring_core.testing.contract.lists import ListTests
from fring_core.testing.contract.many import ManyTests
from fring_core.testing.contract.many_together import ManyTogetherTests
from fring_core.testing.contract.moments import MomentTests
from fring_core.testing.contract.neighbours import NeighbourTests
from fring_core.testing.contract.nested import NestedTransactionTests
from fring_core.testing.contract.orders import OrderTests
from fring_core.testing.contract.overtaken import OvertakenTests
from fring_core.testing.contract.owners import OwnerTests
from fring_core.testing.contract.pairs import PairTests
from fring_core.testing.contract.places import PlaceTests
from fring_core.testing.contract.races import RaceTests
from fring_core.testing.contract.receipts import ReceiptTests
from fring_core.testing.contract.reminders import ReminderTests
from fring_core.testing.contract.roles import RoleTests
from fring_core.testing.contract.saves import SaveTests
from fring_core.testing.contract.settlements import SettlementTests
from fring_core.testing.contract.single_reads import SingleReadTests
from fring_core.testing.contract.sizes import SizeTests
from fring_core.testing.contract.tasks import TaskTests
from fring_core.testing.contract.texts import TextTests
from fring_core.testing.contract.threads import InThreads
from fring_core.testing.contract.transactions import TransactionTests
from fring_core.testing.contract.users import UserTests
from fring_core.testing.contract.versions import VersionTests
from fring_core.testing.contract.webhook_races import WebhookRaceTests
from fring_core.testing.contract.webhooks import WebhookTests

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
    ManyTogetherTests,
    WebhookRaceTests,
    EventRaceTests,
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
    SettlementTests,
    ClaimTests,
    DeliveryTests,
    WebhookTests,
    FeedOrderTests,
    FeedTests,
    EventHistoryTests,
    EventPageTests,
    EventPlaceTests,
    EventOfChangeTests,
    EventTests,
    ReceiptTests,
    ReminderTests,
    AssignedPageTests,
    AssignmentTests,
    ManyTests,
    PlaceTests,
    OrderTests,
    FilterTests,
    ListTests,
    InheritanceTests,
    IdTests,
    VersionTests,
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
