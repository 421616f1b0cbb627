"""`claims.toml`: what it may say, and that all that is wrong is told at once."""

import contextlib
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import given, strategies as st

from tabard.accreditation.claims import BadClaims, Claim, Ref, State, claims_of, read_claims

FILES = {"hazards.toml": b"log", "README.md": b"words", "claims.toml": b""}
GOOD = """
[[claim]]
criterion = "dtac-2.0/C1.2.4"
state = "done"
evidence = ["hazards.toml"]

[[claim]]
criteria = ["dcb0129-4.2/2.5.1", "dcb0129-4.2/2.5.2"]
state = "todo"
reason = "The vendored client is not assessed yet."
by = 2027-01-31

[[claim]]
criterion = "dtac-2.0/C3.3"
state = "exempt"
reason = "It cannot be reached from the internet."

[[claim]]
criterion = "dtac-2.0/C3.2"
state = "done"
answer = "no"
"""
ONE = '[[claim]]\ncriterion = "dtac-2.0/C1.2.4"\nstate = "done"\nevidence = ["hazards.toml"]\n'


def faults(text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(BadClaims) as caught:
        read_claims(text.encode(), FILES)
    assert caught.value.where == "claims.toml"
    return [(one.where, one.expected, one.got) for one in caught.value.faults]


def test_each_state_is_read_with_what_it_needs() -> None:
    """One table may speak of several criteria, and evidence is pinned by its digest as it is read."""
    claims = read_claims(GOOD.encode(), FILES)
    log = Ref(sha256(b"log").hexdigest(), "hazards.toml")
    assert claims.of("dtac-2.0/C1.2.4") == Claim("dtac-2.0/C1.2.4", State.done, evidence=(log,))
    parts = claims.of("dcb0129-4.2/2.5.2")
    assert parts is not None
    assert (parts.state, parts.by) == (State.todo, date(2027, 1, 31))
    assert claims.answers("dtac-2.0") == {"C3.2": "no"}
    assert claims.of("dtac-2.0/C3.1") is None


def test_standing_evidence_is_named_by_its_digest() -> None:
    """It lies with the organisation and not in the package."""
    digest = "ab" * 32
    claims = read_claims(ONE.replace("hazards.toml", f"sha256:{digest}").encode(), FILES)
    assert claims.claims[0].evidence == (Ref(digest),)


def test_a_product_without_the_file_claims_nothing() -> None:
    """Which is no fault, and no pass either."""
    assert claims_of({"README.md": b""}).claims == ()
    assert len(claims_of({**FILES, "claims.toml": ONE.encode()}).claims) == 1


@pytest.mark.parametrize(
    ("was", "becomes", "key"),
    [
        ('"dtac-2.0/C1.2.4"', '"dtac-2.0/C9"', "claim[0].criterion"),
        ('"dtac-2.0/C1.2.4"', "7", "claim[0].criterion"),
        ('"dtac-2.0/C1.2.4"', '"dcb0160-3.2/2.5.1"', "claim[0].criterion"),
        ('"dtac-2.0/C1.2.4"', '"asvs-5.0/6.2.1"', "claim[0].criterion"),
        ('criterion = "dtac-2.0/C1.2.4"', "criteria = []", "claim[0].criteria"),
        ('criterion = "dtac-2.0/C1.2.4"', "", "claim[0].criterion"),
        ("state", 'criteria = ["dtac-2.0/C1.2.3"]\nstate', "claim[0].criterion"),
        ('"done"', '"maybe"', "claim[0].state"),
        ('"done"', '"exempt"', "claim[0].reason"),
        ('"done"', '"todo"\nreason = "later"', "claim[0].reason"),
        ('"done"', '"done"\nanswer = "perhaps"', "claim[0].answer"),
        ('"done"', '"done"\nanswer = ""', "claim[0].answer"),
        ('"done"', '"done"\nby = "soon"', "claim[0].by"),
        ('"done"', '"done"\nby = 2027-01-31T00:00:00Z', "claim[0].by"),
        ('"done"', '"done"\ncolour = "red"', "claim[0].colour"),
        ('["hazards.toml"]', "[]", "claim[0].evidence"),
        ('["hazards.toml"]', '"hazards.toml"', "claim[0].evidence"),
        ('["hazards.toml"]', '["gone.toml"]', "claim[0].evidence[0]"),
        ('["hazards.toml"]', '["claims.toml"]', "claim[0].evidence[0]"),
        ('["hazards.toml"]', '["../hazards.toml"]', "claim[0].evidence[0]"),
        ('["hazards.toml"]', '["sha256:abc"]', "claim[0].evidence[0]"),
        ("[[claim]]", "[claim]", "claim"),
        ("[[claim]]", "note = 1\n[[claim]]", "note"),
    ],
)
def test_a_fault_is_told_at_its_key(was: str, becomes: str, key: str) -> None:
    """With what was expected and what stands there."""
    assert was in ONE
    assert key in [where for where, _, _ in faults(ONE.replace(was, becomes, 1))]


def test_what_is_no_question_takes_no_answer() -> None:
    """An answer there would never be looked at."""
    text = ONE.replace("dtac-2.0/C1.2.4", "dcb0129-4.2/2.1.1").replace("state", 'answer = "yes"\nstate')
    assert [key for key, _, _ in faults(text)] == ["claim[0].answer"]


def test_what_is_to_be_provided_is_not_done_by_saying_so() -> None:
    """An answer alone is no report."""
    text = ONE.replace('evidence = ["hazards.toml"]', 'answer = "provided"')
    assert [key for key, _, _ in faults(text)] == ["claim[0].evidence"]


def test_all_faults_are_told_together() -> None:
    """A maker mends a file once."""
    text = GOOD.replace('"no"', '"perhaps"').replace("It cannot be reached from the internet.", "no")
    text += ONE
    assert [key for key, _, _ in faults(text)] == ["claim[2].reason", "claim[3].answer", "claim[4].criterion"]


@pytest.mark.parametrize("raw", [b"\xff", b"x = ", b"a" * 2_000_000, b"[[claim]]\n" * 2001])
def test_what_is_no_claims_at_all_is_said_so(raw: bytes) -> None:
    """No TOML, or beyond measure."""
    with pytest.raises(BadClaims, match=r"claims\.toml"):
        read_claims(raw, FILES)


def test_a_fault_shows_nothing_that_could_deceive() -> None:
    """What stands there is shown as ASCII, and cut."""
    ((_, _, got),) = faults(ONE.replace('["hazards.toml"]', f'["\\u202e{"x" * 500}"]'))[:1]
    assert got.isascii()
    assert len(got) < 100


@given(st.text(max_size=200))
def test_no_text_crashes_the_reader(text: str) -> None:
    """Strangers write it."""
    with contextlib.suppress(BadClaims):
        assert read_claims(text.encode("utf-8", "surrogatepass"), FILES).claims == ()
