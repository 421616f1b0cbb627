"""A signed request is good for what was signed, once, for a minute."""

from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import timedelta

import pytest

from tabard.ground.dsse import IN_TOTO, Envelope
from tabard.ground.keys import new_signing_key
from tabard.store import SCHEME, Asked, Unknown, signed
from unit.store.world import START, World

HERE = "http://localhost:8600"
ASKED = Asked(HERE, "POST", "/api/cases/x/reviews?y=1", b'{"rule":"r"}')

DEEP = b64encode(b'{"more":' + b"[" * 3000).decode()


def is_unknown(world: World, header: str, asked: Asked, words: str) -> None:
    with pytest.raises(Unknown, match=words):
        world.store.assessors.who_asks(header, asked)


def test_a_signed_request_names_its_person_once(world: World) -> None:
    """The key says who asks; the same request again is refused, also by a store that was started anew."""
    header = signed(ASKED, world.key("Bo Secure"), START)
    assert world.store.assessors.who_asks(header, ASKED).name == "Bo Secure"
    is_unknown(world, header, ASKED, "came before")
    world.clock.pass_by(seconds=59)
    with pytest.raises(Unknown, match="came before"):
        world.opened_again().assessors.who_asks(header, ASKED)


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, method="GET"),
        replace(ASKED, path="/api/cases/z/reviews?y=1"),
        replace(ASKED, path="/api/cases/x/reviews?y=2"),
        replace(ASKED, body=b'{"rule":"s"}'),
    ],
)
def test_a_signature_is_over_all_of_the_request(world: World, other: Asked) -> None:
    """Method, path, query and body cannot be other than those that were signed."""
    is_unknown(world, signed(ASKED, world.key("Bo Secure"), START), other, "not what was sent")


def test_a_request_to_one_store_is_worth_nothing_at_another(world: World) -> None:
    """Who judges at two centres asks each by its address: the one cannot hand the request on to the other."""
    elsewhere = replace(ASKED, store="https://other.example")
    is_unknown(world, signed(elsewhere, world.key("Bo Secure"), START), ASKED, "signed for another address")
    world.store.assessors.who_asks(signed(replace(ASKED, store=HERE.upper()), world.key("Bo Secure"), START), ASKED)


@pytest.mark.parametrize("seconds", [-61, 61])
def test_a_request_is_good_for_a_minute(world: World, seconds: int) -> None:
    """Neither an old request nor one of time to come is good; one within the minute is."""
    key = world.key("Ada Safe")
    is_unknown(world, signed(ASKED, key, START + timedelta(seconds=seconds)), ASKED, "too long ago")
    world.store.assessors.who_asks(signed(ASKED, key, START + timedelta(seconds=seconds / 61 * 60)), ASKED)


def test_a_request_of_time_to_come_is_remembered_as_long_as_it_is_good(world: World) -> None:
    """Forgetting old requests never lets one in a second time."""
    key = world.key("Ada Safe")
    ahead = signed(ASKED, key, START + timedelta(seconds=60))
    world.store.assessors.who_asks(ahead, ASKED)
    world.clock.pass_by(seconds=119)
    world.store.assessors.who_asks(signed(ASKED, key, world.clock()), ASKED)
    is_unknown(world, ahead, ASKED, "came before")


def test_a_stranger_s_key_asks_nothing(world: World) -> None:
    """A key that is enrolled for nobody, or for a publisher, or under another's name, is not an assessor's."""
    for key in (new_signing_key(), world.begun.publisher):
        is_unknown(world, signed(ASKED, key, START), ASKED, "no key that is enrolled")
    told = Envelope.from_bytes(b64decode(signed(ASKED, new_signing_key(), START).split()[1]))
    forged = replace(told, signatures=((world.key("Ada Safe").public.keyid, told.signatures[0][1]),))
    is_unknown(world, f"{SCHEME} {b64encode(forged.to_bytes()).decode()}", ASKED, "no key that is enrolled")


def test_an_assessor_out_of_office_asks_nothing(world: World) -> None:
    """After the year of office the key opens nothing."""
    world.clock.pass_by(days=366)
    is_unknown(world, signed(ASKED, world.key("Ada Safe"), world.clock()), ASKED, "no key that is enrolled")


def test_a_signature_for_another_use_is_no_request(world: World) -> None:
    """A signed decision cannot be played as a request."""
    told = Envelope.from_bytes(b64decode(signed(ASKED, world.key("Ada Safe"), START).split()[1]))
    other = Envelope(IN_TOTO, told.payload).signed_by(world.key("Ada Safe"))
    is_unknown(world, f"{SCHEME} {b64encode(other.to_bytes()).decode()}", ASKED, "another use")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer x",
        SCHEME,
        f"{SCHEME} %%%",
        f"{SCHEME} e30=",
        f"{SCHEME} {'A' * 5000}",
        f"{SCHEME} é",
        f"{SCHEME} {DEEP}",
    ],
)
def test_garbage_is_no_request(world: World, header: str) -> None:
    """Whatever stands in the header, the answer is a plain no."""
    is_unknown(world, header, ASKED, "signed request")


def test_two_signatures_are_no_request(world: World) -> None:
    """Nobody asks in two names."""
    told = Envelope.from_bytes(b64decode(signed(ASKED, world.key("Ada Safe"), START).split()[1]))
    both = told.signed_by(world.key("Bo Secure"))
    is_unknown(world, f"{SCHEME} {b64encode(both.to_bytes()).decode()}", ASKED, "no key that is enrolled")
