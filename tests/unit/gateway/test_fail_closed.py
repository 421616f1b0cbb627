"""When a part is missing, broken or lying, nothing is shown."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from engines import record_in
from tabard.audit import AuditUnavailable
from tabard.audit.file import ChainFile
from tabard.fhir import Resource, encode
from tabard.fhir.asking import Added, MayReach
from tabard.fhir.scopes import Scopes, parse
from tabard.gateway import EncounterContext, PatientContext, Refused, WardContext
from tabard.gateway.model import Rights
from tabard.gateway.policy import Reach, limit, require_scope
from tabard.gateway.smart.contexts import keep, understand
from tabard.record import Page, RecordReader, Stored
from unit.gateway.world import CLINICIAN, PEOPLE, START, World, a_world, ids, is_outcome

ROLES = frozenset({"clinician"})
ALL = parse("user/*.rs patient/*.rs")


class LyingRecord(RecordReader):
    """A record that forgets all restrictions: it answers every search with everything, included too."""

    def search(
        self,
        resource_type: str,
        parameters: Sequence[tuple[str, str]],
        *,
        count: int | None = None,
        cursor: str | None = None,
        within: Sequence[Added] = (),
        may_reach: MayReach | None = None,
    ) -> Page:
        """Everything, whatever was asked."""
        del parameters, count, cursor, within, may_reach
        found = [self.read(each["resourceType"], each["id"]) for each in PEOPLE]
        stored = tuple(each for each in found if each is not None)
        return Page(tuple(each for each in stored if each.type == resource_type), stored, None, len(stored))


@pytest.mark.parametrize(
    ("context", "seen"),
    [
        (PatientContext("ann"), {"Encounter/e-ann", "Encounter/e-ann-old"}),
        (EncounterContext("e-ann", "ann"), {"Encounter/e-ann"}),
        (WardContext("w1"), {"Encounter/e-ann"}),
    ],
)
def test_every_result_is_checked_again(
    tmp_path: Path, context: PatientContext | EncounterContext | WardContext, seen: set[str]
) -> None:
    """Even where the record ignores the parameters appended, no match and no include beyond the context leaves."""
    with closing(LyingRecord(record_in(tmp_path))) as record, a_world(tmp_path, record) as world:
        response = world.get("Encounter", world.access(context))
        assert ids(response) == seen
        people = {
            each for each in ids(response, "include") if each.startswith(("Patient/", "Observation/", "Encounter/"))
        }
        assert "Patient/ann" in people
        assert not people & {"Patient/ben", "Patient/cat", "Observation/o-ben", "Encounter/e-ben", "Encounter/e-cat"}


def rights(context: object, scopes: Scopes = ALL, roles: frozenset[str] = ROLES) -> Rights:
    return Rights("p", roles, scopes, context, "board", "g")  # type: ignore[arg-type]  # broken on purpose


@pytest.mark.parametrize(
    "context",
    [
        None,
        "Patient/ann",
        PatientContext(""),
        EncounterContext("", "ann"),
        EncounterContext("e-ann", ""),
        WardContext(""),
    ],
)
@pytest.mark.parametrize("resource_type", ["Patient", "Encounter", "Observation", "Location"])
def test_a_context_that_is_missing_or_blank_permits_nothing(context: object, resource_type: str) -> None:
    """No claim, no access."""
    with pytest.raises(Refused) as refused:
        limit(rights(context), resource_type, "r", Reach)
    assert refused.value.status == 403


def test_a_person_without_the_role_sees_nothing() -> None:
    """A scope is not a role."""
    with pytest.raises(Refused):
        require_scope(rights(PatientContext("ann"), roles=frozenset({"admin"})), "Patient", "r")


def test_no_scope_and_system_scopes_permit_nothing() -> None:
    """Deny by default; a system scope is nobody's here."""
    for scopes in (Scopes(), parse("system/*.rs"), parse("user/*.s")):
        with pytest.raises(Refused):
            require_scope(rights(PatientContext("ann"), scopes), "Patient", "r")


def test_an_empty_reach_is_no_permission() -> None:
    """Nothing reached leaves no id, not every id."""
    found = limit(rights(WardContext("w1")), "Patient", "r", Reach)
    assert found.ids == frozenset()
    assert not found.permits("ann", dict)


@pytest.mark.parametrize(
    "resource",
    [
        {},
        {"subject": {"reference": "Patient/ben"}},
        {"subject": {"reference": "http://elsewhere/Patient/ann"}},
        {"subject": {"display": "Patient/ann"}},
        {"subject": "Patient/ann"},
        {"subject": [{"reference": "Patient/ann"}]},
        {"patient": {"reference": "Patient/ann"}},
    ],
)
def test_a_resource_that_does_not_say_whose_it_is_belongs_to_nobody(resource: Resource) -> None:
    """Only a literal reference to the bound patient counts."""
    assert not limit(rights(PatientContext("ann")), "Observation", "r", Reach).permits("o", lambda: resource)


@pytest.mark.parametrize("context", [PatientContext("ann"), EncounterContext("e", "ann"), WardContext("w1")])
def test_a_context_is_kept_whole(context: PatientContext | EncounterContext | WardContext) -> None:
    """What was kept is understood as the same."""
    assert understand(keep(context)) == context


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "null",
        '{"encounter":"e"}',
        '{"patient":"a","ward":"w"}',
        '{"patient":1}',
        '{"hospital":true}',
        '{"ward":"w","x":1}',
    ],
)
def test_a_context_that_is_not_one_of_three_is_none(text: str) -> None:
    """A row that somebody touched gives no rights."""
    assert understand(text) is None


def break_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ChainFile, "append", fail)


def test_without_an_audit_nothing_is_shown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed audit write is 503 without data, for reads, searches and refusals, and all is well once the disk is."""
    token = world.access(PatientContext("ann"))
    with monkeypatch.context() as broken:
        break_disk(broken)
        for path in ("Patient/ann", "Encounter", "Patient/ben"):
            response = world.get(path, token)
            assert is_outcome(response, 503, "transient"), path
            assert "Archer" not in response.text
    assert world.get("Patient/ann", token).status_code == 200


def test_without_an_audit_no_code_and_no_token_is_given(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The OAuth endpoints and the launch fail closed as well."""
    wishes, code = world.wishes(), world.code()
    break_disk(monkeypatch)
    for response in (world.authorize(wishes), world.exchange(code)):
        assert response.status_code == 503
        assert "location" not in response.headers
        assert "access_token" not in response.text
    with pytest.raises(AuditUnavailable):
        world.gateway.launch(CLINICIAN, "board", WardContext("w1"))
    with pytest.raises(AuditUnavailable):
        world.gateway.door.read(CLINICIAN, "Patient", "ann", "patient page")


def test_the_lie_would_have_been_seen() -> None:
    """The lying record's rows are good rows: what is held back above is held back for what it says."""
    stored = Stored("Patient", "ben", 1, START, encode({"resourceType": "Patient", "id": "ben"}), "lorenzo")
    assert not limit(rights(PatientContext("ann")), "Patient", "r", Reach).permits(stored.id, stored.resource)
    assert limit(rights(PatientContext("ben")), "Patient", "r", Reach).permits(stored.id, stored.resource)
