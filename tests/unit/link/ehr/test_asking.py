"""Each way in which an EHR fails to answer has its own error, is counted, and is tried again only where that is safe."""

import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tabard.link.ehr import (
    BadAnswer,
    Busy,
    Conflict,
    EhrError,
    NotKnown,
    NotLetIn,
    Rejected,
    TooSlow,
    Unreachable,
)
from tabard.link.ehr.breaker import FAILURES, REST_S
from tabard.link.ehr.driver import is_below
from unit.link.ehr.stand_in import (
    BASE,
    TENANT,
    Answer,
    Beat,
    StandIn,
    bundle,
    connected,
    failing,
    fhir,
    saying,
    their_observation,
)

GOOD = their_observation("VS-1", "1")
OUTCOME = (
    b'{"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"required","diagnostics":"Ann Archer"}]}'
)


def read(folder: Path, *next_: Answer, beat: Beat | None = None) -> tuple[StandIn, EhrError | None, Beat]:
    """Read one result after these answers; what came of it, and how time passed."""
    stand_in, beat = StandIn([GOOD], list(next_)), beat or Beat()
    with connected(folder, stand_in, beat) as way:
        error: EhrError | None = None
        try:
            found = way.driver.read("Observation", "VS-1", way.budget())
        except EhrError as fault:
            found, error = GOOD, fault
        counted = [one.reason for one in way.ledger.since(HOUR)]
    assert found == GOOD
    assert counted == ([] if error is None else [error.reason])
    return stand_in, error, beat


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("answer", "kind", "tries"),
    [
        (saying(200, b"Service is up"), BadAnswer, 1),
        (saying(200, b"<html>Proxy</html>"), BadAnswer, 1),
        (saying(200, b'{"resourceType":"Observation"'), BadAnswer, 1),
        (saying(200, b'{"a":1}'), BadAnswer, 1),
        (saying(200, b"[]"), BadAnswer, 1),
        (saying(200, b""), BadAnswer, 1),
        (saying(200, b'{"resourceType":"Patient","id":"1"}'), BadAnswer, 1),
        (saying(200, b"\xff\xfe"), BadAnswer, 1),
        (saying(200, json.dumps(GOOD).encode(), content_encoding="gzip"), BadAnswer, 1),
        (saying(302, location="https://elsewhere.example/"), BadAnswer, 1),
        (saying(400, b"no supported search parameters provided"), Rejected, 1),
        (saying(403), Rejected, 1),
        (saying(406), Rejected, 1),
        (saying(422), Rejected, 1),
        (saying(500, OUTCOME), Rejected, 1),
        (saying(409), Conflict, 1),
        (saying(401), NotLetIn, 2),
        (saying(429), Busy, 5),
        (saying(503, b"<html/>"), Busy, 5),
        (failing(httpx.ConnectError), Unreachable, 5),
        (failing(httpx.RemoteProtocolError), Unreachable, 5),
        (failing(httpx.ReadTimeout), TooSlow, 1),
    ],
)
def test_each_failure_is_told_and_tried_as_it_should_be(
    tmp_path: Path, answer: Answer, kind: type[EhrError], tries: int
) -> None:
    """What will be the same again is asked once; what may pass is asked again, within the request's own time."""
    stand_in, error, beat = read(tmp_path, *[answer] * 20)
    assert type(error) is kind
    assert len(stand_in.asked) == tries
    assert sum(beat.waits) < 3.0
    assert error is not None
    assert error.remedy
    assert "Ann" not in str(error)


def test_a_busy_ehr_that_recovers_is_waited_for(tmp_path: Path) -> None:
    """Two refusals and then an answer: the reader never learns of the two."""
    stand_in, error, beat = read(tmp_path, saying(429), failing(httpx.RemoteProtocolError))
    assert (error, len(stand_in.asked)) == (None, 3)
    assert beat.waits == sorted(beat.waits)


def test_the_wait_that_the_ehr_asks_for_is_kept_or_not_begun(tmp_path: Path) -> None:
    """Retry-After within the request's time is waited; beyond it the reader is told at once."""
    assert read(tmp_path, saying(429, retry_after="2"))[2].waits == [2.0]
    _, error, beat = read(tmp_path, saying(503, retry_after="60"), beat=Beat())
    assert (type(error), beat.waits) == (Busy, [])


def test_a_token_that_is_refused_is_renewed_once(tmp_path: Path) -> None:
    """401 is answered with a new token and the same question."""
    stand_in, error, _ = read(tmp_path, saying(401))
    assert (error, stand_in.tokens) == (None, 2)
    assert [one.headers["authorization"] for one in stand_in.asked] == ["Bearer t1", "Bearer t2"]


@pytest.mark.parametrize(("lifetime", "until"), [(570, 540), (99999, 540), (None, 540), ("x", 540), (120, 90)])
def test_a_token_is_renewed_before_it_ends(tmp_path: Path, lifetime: object, until: int) -> None:
    """Whatever it says of itself, a token is used for less than 570 seconds."""
    stand_in, beat = StandIn([GOOD], lifetime=lifetime), Beat()
    with connected(tmp_path, stand_in, beat) as way:
        for seconds in (0, until - 1, 2):
            beat.wait(seconds)
            way.driver.read("Observation", "VS-1", way.budget())
    assert stand_in.tokens == 2


def test_the_ehr_is_let_rest_after_failures_in_a_row(tmp_path: Path) -> None:
    """After five failures nobody waits any more; after the rest one tries, and an answer opens the way again."""
    stand_in, beat = StandIn([GOOD], [failing(httpx.ReadTimeout)] * FAILURES), Beat()
    with connected(tmp_path, stand_in, beat) as way:
        for _ in range(FAILURES):
            with pytest.raises(TooSlow):
                way.driver.read("Observation", "VS-1", way.budget())
        with pytest.raises(Busy):
            way.driver.read("Observation", "VS-1", way.budget())
        assert len(stand_in.asked) == FAILURES
        beat.wait(REST_S + 1)
        assert way.driver.read("Observation", "VS-1", way.budget()) == GOOD
        assert not way.breaker.is_open


def test_a_page_tells_each_resource_once_as_it_came_last(tmp_path: Path) -> None:
    """The same id on a later page takes the place of the earlier one; what is no resource is not told."""
    older, newer = their_observation("VS-1", "1", status="preliminary"), GOOD
    onward = f"{BASE}/Observation?pageContext=x&direction=NEXT"
    answers = [fhir(bundle([older, their_observation("VS-2", "1")], onward)), fhir(bundle([newer]))]
    stand_in = StandIn(next=[lambda _, one=one: one for one in answers])  # type: ignore[misc]  # a lambda with a default
    with connected(tmp_path, stand_in) as way:
        found = way.driver.search_all("Observation", (("patient", "1"),), way.budget())
    assert ([one["id"] for one in found.resources], found.next) == (["VS-1", "VS-2"], None)
    assert found.resources[0] == newer
    assert stand_in.questions[1] == "Observation?pageContext=x&direction=NEXT"


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example/r4/x/Observation?p=1",
        f"https://ehr.example/r4/{TENANT}x/Observation",
        f"{BASE}/../other/Observation",
        f"{BASE}/%2e%2e/other/Observation",
        f"https://me@ehr.example/r4/{TENANT}/Observation",
        f"http://ehr.example/r4/{TENANT}/Observation",
        "Observation?p=1",
        7,
    ],
)
def test_a_paging_link_is_followed_below_our_base_only(tmp_path: Path, link: object) -> None:
    """A link to another server, another tenant or no address is a bad answer."""
    strange = bundle([])
    strange["link"] = [{"relation": "next", "url": link}]
    with connected(tmp_path, StandIn(next=[lambda _: fhir(strange)])) as way, pytest.raises(BadAnswer):
        way.driver.search("Observation", (("patient", "1"),), way.budget())
    assert not isinstance(link, str) or not is_below(BASE, link)
    assert is_below(BASE, f"{BASE}/Observation?pageContext=a%2Fb")


@pytest.mark.parametrize("entry", [7, [7], [{"resource": 7}], {"a": 1}])
def test_a_broken_bundle_is_no_crash(tmp_path: Path, entry: object) -> None:
    """Entries that are none are a bad answer, or are said to be missing."""
    broken = {**bundle([]), "entry": entry}
    with connected(tmp_path, StandIn(next=[lambda _: fhir(broken)])) as way, suppress(BadAnswer):
        assert way.driver.search("Observation", (), way.budget()).is_partial


def test_what_was_created_is_known_by_where_it_lies(tmp_path: Path) -> None:
    """201 with an empty body: id and version stand in the headers."""
    made = saying(201, location=f"{BASE}/Observation/VS-9/_history/1", etag='W/"42-0"', content_type="text/html")
    with connected(tmp_path, StandIn(next=[made, saying(201)])) as way:
        assert way.driver.create(GOOD, way.budget()) == ("VS-9", 'W/"42-0"')
        with pytest.raises(NotKnown):
            way.driver.create(GOOD, way.budget())


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (failing(httpx.ReadTimeout), NotKnown),
        (failing(httpx.RemoteProtocolError), NotKnown),
        (saying(500), NotKnown),
        (saying(502), NotKnown),
        (saying(504), NotKnown),
        (saying(201, b"thanks"), NotKnown),
        (failing(httpx.ConnectError), Unreachable),
        (saying(429), Busy),
        (saying(422), Rejected),
        (saying(409), Conflict),
    ],
)
def test_a_write_is_never_tried_twice_and_a_doubt_is_said(tmp_path: Path, answer: Answer, kind: type[EhrError]) -> None:
    """Where it may have been done, that is said; where it was refused, that."""
    stand_in = StandIn(next=[answer] * 9)
    with connected(tmp_path, stand_in) as way, pytest.raises(kind):
        way.driver.create(GOOD, way.budget())
    assert len(stand_in.asked) == 1


def test_a_write_over_names_the_version_it_is_against(tmp_path: Path) -> None:
    """If-Match is the EHR's own ETag, whatever it looks like."""
    stand_in = StandIn(next=[saying(200, etag='W/"0$1"')])
    with connected(tmp_path, stand_in) as way:
        assert way.driver.update(GOOD, 'W/"0$0"', way.budget()).version == 'W/"0$1"'
    assert stand_in.asked[0].headers["if-match"] == 'W/"0$0"'


@pytest.mark.parametrize("url", ["http://tokens.example/token", "ftp://x", None, 7])
def test_a_token_is_asked_for_at_a_safe_place_only(tmp_path: Path, url: object) -> None:
    """Where the EHR names no address with TLS, no key leaves."""

    class Elsewhere(StandIn):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            if "smart-configuration" in str(request.url):
                return httpx.Response(200, json={"token_endpoint": url})
            return super().__call__(request)

    with connected(tmp_path, Elsewhere([GOOD])) as way, pytest.raises(BadAnswer):
        way.driver.read("Observation", "VS-1", way.budget())


def test_one_who_is_not_registered_is_told_so(tmp_path: Path) -> None:
    """The token endpoint's own word is told, and nothing else that it says."""

    class Strict(StandIn):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            if "tokens.example" in str(request.url):
                return httpx.Response(401, json={"error": "invalid_client", "error_description": "Ann Archer"})
            return super().__call__(request)

    with connected(tmp_path, Strict()) as way, pytest.raises(NotLetIn, match="401 invalid_client") as told:
        way.driver.read("Observation", "VS-1", way.budget())
    assert "Ann" not in str(told.value)
