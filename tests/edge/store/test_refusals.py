"""What the API refuses over real HTTP: each with its status, in words, and with nothing kept."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

import httpx
import msgspec
import pytest

from edge.store.people import Place
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.keys import SigningKey, new_signing_key
from tabard.product import sign_release
from tabard.store import LARGEST_PACKAGE_BYTES, Asked, signed
from tabard.store.asking import StoreAt, statement_of


def count(centre: Place) -> int:
    with centre.at("Ada Safe") as store:
        return len(store.cases())


def ask(
    centre: Place, method: str, path: str, body: bytes = b"", *, key: SigningKey | None = None, age_s: float = 0
) -> httpx.Response:
    """A request signed by that key, as it was so many seconds ago."""
    at = datetime.now(UTC) - timedelta(seconds=age_s)
    header = signed(Asked(centre.url, method, path, body), key or centre.people["Ada Safe"], at)
    return httpx.request(method, centre.url + path, content=body, headers={"Authorization": header})


@pytest.mark.parametrize("how", ["unknown publisher", "wrong key", "tampered package", "garbage", "no release"])
def test_a_bad_submission_is_refused(centre: Place, how: str) -> None:
    """The answer is 422 with what, where, expected, got and what to do; no case begins."""
    before, made = count(centre), centre.package()
    release = sign_release(made, centre.publisher).to_bytes()
    if how == "unknown publisher":
        made = centre.package(publisher="RXX")
        release = sign_release(made, centre.publisher).to_bytes()
    if how == "wrong key":
        release = sign_release(made, new_signing_key()).to_bytes()
    raw = {"tampered package": made.raw.replace(b"A name", b"B name"), "garbage": b"\0" * 5000}.get(how, made.raw)
    answer = centre.post(raw, b"" if how == "no release" else release)
    assert answer.status_code == 422
    assert answer.json().keys() == {"error", "where", "expected", "got", "remedy"}
    assert answer.json()["error"]
    assert count(centre) == before


def _flood(size: int) -> Iterator[bytes]:
    for _ in range(size // 65536 + 1):
        yield b"0" * 65536


def _announced(centre: Place, kind: str, size: int) -> int:
    """The answer to a body that is announced and never sent."""
    connection = HTTPConnection(centre.url.removeprefix("http://"), timeout=60)
    connection.putrequest("POST", "/api/submissions")
    connection.putheader("Content-Type", kind)
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_body_without_end_is_cut_off(centre: Place) -> None:
    """Said to be too long, or only found to be: the answer is 413, long before it is all read."""
    before = count(centre)
    head = {"Content-Type": "multipart/form-data; boundary=x"}
    url = f"{centre.url}/api/submissions"
    assert _announced(centre, head["Content-Type"], 10**10) == 413
    start = b'--x\r\nContent-Disposition: form-data; name="package"; filename="p"\r\n\r\n'

    def body() -> Iterator[bytes]:
        yield start
        yield from _flood(LARGEST_PACKAGE_BYTES + 2**20)

    with suppress(httpx.TransportError):  # the answer may come while we still send, and the connection be closed
        assert httpx.post(url, content=body(), headers=head, timeout=60).status_code == 413
    assert ask(centre, "POST", "/api/cases/x/reviews", b"1" * 70_000).status_code == 413
    assert count(centre) == before


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"junk", "text/plain", 415),
        (b"junk", "multipart/form-data", 422),
        (b"junk", "multipart/form-data; boundary=x", 422),
        (b"--x\r\n\r\n\r\n--x--\r\n", "multipart/form-data; boundary=x", 422),
        (
            b'--x\r\nContent-Disposition: form-data; name="package"\r\n\r\ntext\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            422,
        ),
    ],
)
def test_a_garbage_body_is_told_as_such(centre: Place, content: bytes, kind: str, status: int) -> None:
    """Whatever is sent, the answer is JSON and theirs, not ours."""
    answer = httpx.post(f"{centre.url}/api/submissions", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"rule":1}', b'{"rule":"x","reason":"y","more":1}', b"\xff", b'{"reason":"y"}']
)
def test_a_garbage_order_is_told_as_such(centre: Place, body: bytes) -> None:
    """An assessor's request that cannot be read says where."""
    answer = ask(centre, "POST", "/api/cases/nothing/reviews", body)
    assert (answer.status_code, answer.json()["where"]) == (422, "body")


def test_nobody_looks_without_a_key(centre: Place) -> None:
    """No signature, a stranger's, a publisher's: 401, and what is wanted is said."""
    for answer in (
        httpx.get(f"{centre.url}/api/cases"),
        ask(centre, "GET", "/api/cases", key=new_signing_key()),
        ask(centre, "GET", "/api/cases", key=centre.publisher),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Tabard-Key"


def test_a_request_is_good_once_and_for_a_minute(centre: Place) -> None:
    """The same request again, and one of two minutes ago, are refused."""
    asked = Asked(centre.url, "GET", "/api/cases", b"")
    headers = {"Authorization": signed(asked, centre.people["Ada Safe"], datetime.now(UTC))}
    assert httpx.get(f"{centre.url}/api/cases", headers=headers).status_code == 200
    again = httpx.get(f"{centre.url}/api/cases", headers=headers)
    assert (again.status_code, "came before" in again.text) == (401, True)
    stale = ask(centre, "GET", "/api/cases", age_s=120)
    assert (stale.status_code, "too long ago" in stale.text) == (401, True)


def test_a_request_cannot_be_turned_to_another_case(centre: Place) -> None:
    """What was signed for one address is worth nothing at another."""
    header = signed(Asked(centre.url, "GET", "/api/cases/a", b""), centre.people["Ada Safe"], datetime.now(UTC))
    answer = httpx.get(f"{centre.url}/api/cases/b", headers={"Authorization": header})
    assert (answer.status_code, "not what was sent" in answer.text) == (401, True)


def test_an_unknown_case_is_not_found(centre: Place) -> None:
    """Neither an assessor nor a submitter finds a case that is not."""
    with centre.at("Ada Safe") as store:
        for act in (store.case, lambda case: store.suspend(case, "It is not there at all.")):
            with pytest.raises(NotFound):
                act("nothing")
    assert httpx.get(f"{centre.url}/api/submissions/nothing").status_code == 404
    assert httpx.get(f"{centre.url}/api/nothing").json()["error"]
    assert httpx.delete(f"{centre.url}/api/submissions").status_code == 405


def test_one_person_twice_and_two_of_one_role_decide_nothing(centre: Place) -> None:
    """A second signature of the same person is refused; two safety reviewers leave it waiting for security."""
    case = centre.submit(centre.package("3.0.0"))
    centre.reviewed(case)
    centre.sign(case, "Ada Safe")
    with pytest.raises(CallerError, match="signed already"):
        centre.sign(case, "Ada Safe")
    told = centre.sign(case, "Cy Safe")
    assert told["status"] == "signing"
    assert "a security reviewer must sign it" in told["next"]


def test_a_signature_in_another_s_name_is_refused(centre: Place) -> None:
    """Who asks is who signs, and what is signed is what stands."""
    case = centre.submit(centre.package("4.0.0"))
    centre.reviewed(case)
    with centre.at("Ada Safe") as store:
        told = store.draft(case)
        statement = statement_of(told, store.package(told)).statement
    bo = centre.people["Bo Secure"]
    body = {
        "keyid": bo.public.keyid,
        "sig": b64encode(bo.sign(statement.to_sign)).decode(),
        "statement_sha256": "0" * 64,
    }
    path = f"/api/cases/{case}/signatures"
    assert ask(centre, "POST", path, msgspec.json.encode(body)).status_code == 403
    assert ask(centre, "POST", path, msgspec.json.encode(body), key=bo).status_code == 409
    garbage = msgspec.json.encode({**body, "sig": "é"})
    assert ask(centre, "POST", path, garbage, key=bo).status_code == 422


def test_only_public_files_are_public(centre: Place) -> None:
    """The catalogue's folder is served, and nothing above it."""
    assert httpx.get(f"{centre.url}/catalogue/metadata/timestamp.json").status_code == 200
    for path in ("../keys/catalogue.pem", "..%2fkeys%2fcatalogue.pem", "%2e%2e/keys/catalogue.pem", "metadata/"):
        assert httpx.get(f"{centre.url}/catalogue/{path}").status_code == 404


def test_a_store_that_is_not_there_is_told(centre: Place) -> None:
    """A wrong address is told as one."""
    with StoreAt("http://127.0.0.1:9", centre.publisher) as store, pytest.raises(Exception, match="does not answer"):
        store.cases()
