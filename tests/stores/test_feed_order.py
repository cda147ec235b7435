"""The order of the feed, for every way in which transactions draw ids, end, and are looked at."""

from __future__ import annotations

from random import Random

import attrs

from fring_adapters.postgres.repositories.sequencing import Feed, Seen, advanced

ROWS = 5
HISTORIES = 10_000


@attrs.define
class Writer:
    """A transaction: its number, and what it has drawn, each an id and the row it is about."""

    xid: int
    drawn: list[tuple[int, int]] = attrs.field(factory=list)
    ends: bool | None = None  # whether it has committed; None: it is open


class World:
    """A database whose transactions write rows, which they hold until they end, and its feed."""

    def __init__(self, some):
        self.some = some
        self.writers: list[Writer] = []
        self.holders: dict[int, Writer] = {}
        self.next_id = self.next_xid = 1
        self.feed = Feed()
        self.places: dict[int, tuple[int, int]] = {}
        self.given_out = (0, 0)
        self.seen: list[int] = []

    def write(self, number, row):
        """Have a transaction write a row, unless another one holds it."""
        open_ones = [writer for writer in self.writers if writer.ends is None]
        if number >= len(open_ones):
            open_ones.append(Writer(self.next_xid))
            self.writers.append(open_ones[-1])
            self.next_xid += 1
            number = -1
        writer = open_ones[number]
        if self.holders.setdefault(row, writer) is writer:
            writer.drawn.append((self.next_id, row))
            self.next_id += 1

    def end(self, number, *, commits):
        """Commit a transaction, or roll it back."""
        open_ones = [writer for writer in self.writers if writer.ends is None]
        if open_ones:
            writer = open_ones[number % len(open_ones)]
            writer.ends = commits
            self.holders = {row: each for row, each in self.holders.items() if each is not writer}

    def visible(self):
        """Return the ids that can be seen, ascending."""
        return sorted(number for each in self.writers if each.ends for number, _ in each.drawn)

    def look(self, *, wait=0):
        """Look as a store does, and read what has come to the feed; `wait` others begin between."""
        ids = self.visible()
        gaps = self.feed.gaps
        above = [each for each in ids if each > self.feed.top][: self.some]
        filled = [each for each in ids if any(g.first <= each <= g.last for g in gaps)]
        xmin = min([each.xid for each in self.writers if each.ends is None], default=self.next_xid)
        seen = Seen(above, filled[: self.some], xmin, is_all=len(filled) < self.some)
        made = advanced(self.feed, seen)
        self.next_xid += wait
        own, self.next_xid = self.next_xid, self.next_xid + 1
        gaps = tuple(
            attrs.evolve(gap, xid=own if gap.xid is None else gap.xid) for gap in made.gaps
        )
        for late, each in enumerate(seen.filled, self.feed.late + 1):
            assert each not in self.places
            self.places[each] = (self.feed.top, late)
        new = [each for each in above if each <= made.top]
        self.places |= {each: (each, 0) for each in new}
        self.feed = attrs.evolve(made, gaps=gaps)
        assert len({*self.places.values()}) == len(self.places), "each has a place of its own"
        order = sorted(self.places, key=self.places.__getitem__)
        assert order[: len(self.seen)] == self.seen, "nothing comes before what was read"
        assert len(order) == len(self.seen) + len(seen.filled) + len(new)
        self.seen = order


def one_history(drawn):
    """Have transactions write, end and be looked at in some order, and then all of them end."""
    world = World(some=drawn.randint(1, 4))
    for _ in range(drawn.randint(6, 30)):
        kind = drawn.choice("wwwwllce")
        if kind == "w":
            world.write(drawn.randrange(4), drawn.randrange(ROWS))
        elif kind == "l":
            world.look(wait=drawn.randrange(2))
        else:
            world.end(drawn.randrange(3), commits=kind == "c" or drawn.random() < 0.5)
    while any(writer.ends is None for writer in world.writers):
        world.end(0, commits=True)
    for _ in range(2 * world.next_id + 2):
        world.look()
    return world


def test_all_that_is_committed_comes_once_and_in_order():
    for seed in range(HISTORIES):
        world = one_history(Random(seed))
        assert sorted(world.seen) == world.visible(), seed
        assert world.feed.gaps == ()
        rows = {number: row for writer in world.writers for number, row in writer.drawn}
        for row in range(ROWS):
            its = [number for number in world.seen if rows[number] == row]
            assert its == sorted(its), f"{seed}: changes of a row stand as they came about"
