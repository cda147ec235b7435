"""The ports: what Fring needs from the world, as contracts.

A store author implements `Users`, `Credentials`, `Tasks`, `Assignments`, `Events`, `Receipts`,
`Webhooks`, `Deliveries` and `Store`; nothing is to be inherited. What their methods say is tested sentence by sentence: each
test of `fring_core.testing.StoreContract` quotes the one that it proves, and runs on a store of
yours.

Of every method of a store:

- A call MUST be atomic. It has its whole effect or, if it raises, none. A call that is cancelled
  MUST have its whole effect or none. One that raises `Unavailable` may have had it, and lost the
  answer.
- What a call has done MUST be seen by every call that begins later. Calls at the same time MUST NOT
  undo each other's work. What one call returns MUST have been so at one moment.
- What is stored MUST last. A store that is closed and opened again has it all, and knows which ids
  were had. One that keeps it in memory has it for as long as it lives.
- Ids are 1 to 2⁶³-1, and owners are None or texts of 1 to 255 characters: Fring asks for no others.
  An id that no row has MUST be answered as absent, up to the greatest.
- `owner` selects a list: None the shared board, a text the personal list of that name.
  A call MUST leave every other list as it is. A task on another list MUST be treated as absent.
- Entities MUST come back equal to what was stored. Their fields, and those of an outcome, MUST have
  the types that they name. Times MUST come back in UTC. The time zone of the process MUST make no
  difference. Times are of the years 1 to 9999, but for the first day and the last two.
- Texts MUST be kept and compared as they stand, to the last character, whatever they look like.
- A list, a filter and a transaction MUST be as long as they need: a store sets no limit to them.
  Nor does it to the depth of transactions, nor to versions. The kit tries 1,001 rows, 1,001 writes
  in a transaction, 100 transactions inside each other, 130 saves, and 100,000 characters.
- What a call changes it MUST record as `fring_core.events` says, with its cause: one event for
  each change of a row, together with the change. A call that raises MUST record none, and so MUST
  one that changes no row. When it is done it MUST tell its cause of its events, once each, with
  their cursors. Events of a task MUST come in the order of its versions, which MUST follow each
  other.
- What is returned MUST belong to the caller: changing it changes nothing stored.
- A store that cannot answer raises `Unavailable`, and nothing else for that reason.
- Beside what is said at a method, a store MUST raise nothing but `StoreUnavailable` and
  `TransactionConflict`. A transaction must not be used when it is over, nor while another one
  is open inside it, nor the store that it was opened on by the task that is in its block: a call
  may raise `RuntimeError` then.
"""

from fring_core.ports.assignments import Assignments
from fring_core.ports.credentials import Credentials
from fring_core.ports.deliveries import Deliveries
from fring_core.ports.events import Events
from fring_core.ports.identity import Clock, IssuedToken, Passwords, TokenIssuer, Tokens, Verdict
from fring_core.ports.receipts import Receipts
from fring_core.ports.store import Store
from fring_core.ports.tasks import Tasks
from fring_core.ports.users import Users
from fring_core.ports.webhooks import Webhooks

__all__ = [
    "Assignments",
    "Clock",
    "Credentials",
    "Deliveries",
    "Events",
    "IssuedToken",
    "Passwords",
    "Receipts",
    "Store",
    "Tasks",
    "TokenIssuer",
    "Tokens",
    "Users",
    "Verdict",
    "Webhooks",
]
