"""Claims: in order, each once, and no link starves another."""

from tabard.link.claims import Claims


def test_a_few_are_given_in_the_order_in_which_they_came() -> None:
    """Where all fit, links do not matter: the oldest first."""
    claims = Claims()
    for seq, link in enumerate(("a", "b", "a", "c", "b"), 1):
        claims.add(link, [seq])
    assert claims.take(9) == (("a", 1), ("b", 2), ("a", 3), ("c", 4), ("b", 5))
    assert claims.take(9) == ()


def test_a_long_backlog_leaves_room_for_other_links() -> None:
    """With a thousand of one link waiting, the newest message of another is among the next few; each link keeps its order."""
    claims = Claims()
    claims.add("long", range(1, 1001))
    claims.add("short", [1001])
    taken = claims.take(10)
    assert ("short", 1001) in taken
    assert [seq for link, seq in taken if link == "long"] == list(range(1, 10))
    assert len(claims.take(10)) == 10


def test_what_is_put_back_comes_first_and_once() -> None:
    """A message that waits again goes before the newer ones, and is given once however often it was put back."""
    claims = Claims()
    claims.add("a", [5, 6, 7])
    claims.put_back("a", [2, 6])
    claims.put_back("a", [2])
    assert claims.take(9) == (("a", 2), ("a", 5), ("a", 6), ("a", 7))
