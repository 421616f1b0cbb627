"""A message as a tree: what holds something has its place and its name."""

from tabard.hl7v2 import parse
from tabard.link.looking import Node, tree

HEAD = b"MSH|^~\\&|PAS|RXX01|T|RXX01|20260301101500||ADT^A08|1|P|2.4\r"


def node(raw: bytes, place: str) -> Node:
    """The node at a place, wherever it hangs."""
    waiting = list(tree(parse(HEAD + raw)))
    while waiting:
        one = waiting.pop()
        if one.place == place:
            return one
        waiting += one.parts
    raise AssertionError(place)


def test_repetitions_and_components_are_numbered_and_named() -> None:
    """A second number's authority is found by its whole place."""
    pid = b"PID|||1^^^A~2^^^B&1.2.3&ISO"
    assert node(pid, "PID-3[2].4") == Node(
        "PID-3[2].4",
        "Assigning authority",
        parts=(Node("PID-3[2].4.1", "", "B"), Node("PID-3[2].4.2", "", "1.2.3"), Node("PID-3[2].4.3", "", "ISO")),
    )


def test_one_repetition_and_one_component_need_no_number() -> None:
    """What is alone is named by its field."""
    assert node(b"PID|||||SMITH^ANN", "PID-5.2") == Node("PID-5.2", "Given name", "ANN")
    assert node(b"PID||||||||F", "PID-8") == Node("PID-8", "Administrative sex", "F")


def test_nothing_is_told_of_what_holds_nothing_and_a_null_is_told() -> None:
    """Absent fields have no node; `""` has one, for it empties what is known."""
    (_, pid) = tree(parse(HEAD + b'PID|||1||||""||'))
    assert [(one.place, one.text) for one in pid.parts] == [("PID-3", "1"), ("PID-7", '""')]


def test_segments_of_one_name_are_numbered() -> None:
    """The second value is not taken for the first."""
    assert node(b"OBX|1|ST|a||x\rOBX|2|ST|b||y\\T\\z", "OBX[2]-5").text == "y&z"
