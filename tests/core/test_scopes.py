"""Who stands in a block, and who does not."""

from contextvars import copy_context

from fring_core.scopes import Block, check_outside


def refused(store):
    try:
        check_outside(store)
    except RuntimeError:
        return True
    return False


def test_who_is_in_a_block_is_refused_until_it_is_over():
    store, other = object(), object()
    with Block(store):
        assert [refused(store), refused(store)] == [True, True]
        assert not refused(other)
        with Block(other):
            assert [refused(store), refused(other)] == [True, True]
        assert [refused(store), refused(other)] == [True, False]
    assert not refused(store)


def test_another_context_is_somebody_else():
    store = object()
    with Block(store):
        assert not copy_context().run(refused, store)
        assert refused(store)


def test_a_block_that_is_left_elsewhere_is_over():
    store = object()

    def here():
        block = Block(store).__enter__()
        copy_context().run(block.__exit__, None, None, None)
        return refused(store)

    assert not copy_context().run(here)
