"""The FHIR side of a link: what cannot stand is told with its key."""

from pathlib import Path
from typing import Any

import pytest

from tabard.ground.errors import CallerError
from tabard.link import FhirSettings, list_links

GOOD: dict[str, Any] = {
    "base_url": "https://ehr.example/r4/t",
    "client_id": "c",
    "identifiers": {"a": "b"},
    "key": "k.pem",
}


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"base_url": "http://ehr.example/r4/t"}, "fhir.base_url"),
        ({"base_url": "https://ehr.example/r4/t/"}, "fhir.base_url"),
        ({"base_url": "https://ehr.example/r4/t?x=1"}, "fhir.base_url"),
        ({"base_url": "https://me:pw@ehr.example/r4/t"}, "fhir.base_url"),
        ({"base_url": "ftp://ehr.example/t"}, "fhir.base_url"),
        ({"client_id": ""}, "fhir.client_id"),
        ({"key": "../ids.key"}, "fhir.key"),
        ({"key": ""}, "fhir.key"),
        ({"secret": "s"}, "fhir.key"),
        ({"identifiers": {}}, "fhir.identifiers"),
        ({"identifiers": {"a": "x", "b": "x"}}, "fhir.identifiers"),
        ({"identifiers": {"a": ""}}, "fhir.identifiers"),
        ({"patience_s": 0}, "fhir.patience_s"),
        ({"concurrency": 0}, "fhir.concurrency"),
        ({"poll": "yes"}, "fhir.poll"),
        ({"poll": 1}, "fhir.poll"),
        ({"requests_a_minute": 11}, "fhir.requests_a_minute"),
        ({"fresh_s": 0}, "fhir.fresh_s"),
    ],
)
def test_what_cannot_stand_is_told(wrong: dict[str, Any], where: str) -> None:
    """A base without TLS, two systems for one, no way to sign in: each by its key."""
    with pytest.raises(CallerError) as told:
        FhirSettings(**{**GOOD, **wrong})
    assert told.value.where == where


@pytest.mark.parametrize("line", ["client_id = 7", "identifiers = { a = 7 }", "patience_s = 'x'", "colour = 'red'"])
def test_a_wrong_table_is_told_with_its_file(tmp_path: Path, line: str) -> None:
    """A value of another type, and a key that is none."""
    (tmp_path / "links").mkdir()
    text = f'dialect = "x"\nport = 1\n[fhir]\nbase_url = "https://e.example/t"\nkey = "k"\n{line}\n'
    (tmp_path / "links" / "bad.toml").write_text(text)
    with pytest.raises(CallerError, match=r"bad\.toml"):
        list_links(tmp_path)
    (tmp_path / "links" / "bad.toml").write_text('dialect = "x"\nport = 1\nfhir = 7\n')
    with pytest.raises(CallerError, match="fhir"):
        list_links(tmp_path)


def test_polling_is_off_until_it_is_asked_for(tmp_path: Path) -> None:
    """Nothing is asked beforehand, and nothing kept, unless the table says so."""
    assert not FhirSettings(**GOOD).poll
    (tmp_path / "links").mkdir()
    text = 'dialect = "x"\nport = 1\n[fhir]\nbase_url = "https://e.example/t"\nclient_id = "c"\nkey = "k"\n'
    more = 'poll = true\nrequests_a_minute = 120\nfresh_s = 30\nidentifiers = { a = "b" }\n'
    (tmp_path / "links" / "good.toml").write_text(text + more)
    (link,) = list_links(tmp_path)
    assert link.fhir is not None
    assert (link.fhir.poll, link.fhir.requests_a_minute, link.fhir.fresh_s) == (True, 120, 30)
