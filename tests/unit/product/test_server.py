"""A manifest may name a server of its own and the hooks that it answers; what does not fit together is told at its key."""

import tomllib

import jsonschema
import pytest

from tabard.product import MANIFEST_SCHEMA, BadManifest, Context, Hook, Kind, Server, Service, parse_manifest

SERVED = """
id = "early"
name = "Early"
version = "1.0.0"
publisher = "RZZ"

[server]
module = "early.answers"
memory_mb = 128

[[part]]
kind = "hook"
id = "news2"
title = "Early warning"
description = "Tells the score of the last observations."
hook = "patient-view"
scopes = ["patient/Observation.rs"]
[part.prefetch]
patient = "Patient/{{context.patientId}}"
vitals = "Observation?patient={{context.patientId}}&category=vital-signs"
"""
FILES = frozenset({"tabard.toml", "hazards.toml", "early/answers.py", "early/__init__.py"})
VALIDATOR = jsonschema.Draft202012Validator(MANIFEST_SCHEMA)
SECOND = SERVED[SERVED.index("[[part]]") :]


def test_a_server_and_its_hooks_are_read() -> None:
    """What is said stands in the values; what is not said has its default; the context follows from the hook."""
    manifest = parse_manifest(SERVED.encode(), FILES)
    assert manifest.server == Server("early.answers", memory_mb=128)
    (part,) = manifest.parts
    assert (part.kind, part.context, part.scopes) == (Kind.hook, Context.patient, ("patient/Observation.rs",))
    assert part.service == Service(
        "news2",
        Hook.patient_view,
        "Tells the score of the last observations.",
        (
            ("patient", "Patient/{{context.patientId}}"),
            ("vitals", "Observation?patient={{context.patientId}}&category=vital-signs"),
        ),
    )


def test_a_hook_of_a_visit_reads_within_the_visit() -> None:
    """What is asked at the start of a visit is about that visit."""
    manifest = parse_manifest(SERVED.replace("patient-view", "encounter-start").encode(), FILES)
    assert manifest.parts[0].context is Context.encounter


def test_the_schema_takes_it() -> None:
    """An editor calls it good."""
    assert [error.message for error in VALIDATOR.iter_errors(tomllib.loads(SERVED))] == []


@pytest.mark.parametrize(
    ("was", "becomes", "where"),
    [
        ('module = "early.answers"', 'module = "os"', "server.module"),
        ('module = "early.answers"', 'module = "early answers"', "server.module"),
        ("memory_mb = 128", "memory_mb = 1", "server.memory_mb"),
        ("memory_mb = 128", "memory_mb = 99999", "server.memory_mb"),
        ("memory_mb = 128", "memory_mb = true", "server.memory_mb"),
        ("memory_mb = 128", 'command = "sh"', "server.command"),
        ('hook = "patient-view"', 'hook = "patient-seen"', "part[0].hook"),
        ('id = "news2"', 'id = "News 2"', "part[0].id"),
        ('scopes = ["patient/Observation.rs"]', 'scopes = ["launch"]', "part[0].scopes[0]"),
        ('scopes = ["patient/Observation.rs"]', 'scopes = ["user/Observation.rs"]', "part[0].scopes[0]"),
        ('scopes = ["patient/Observation.rs"]', 'scopes = ["system/Observation.rs"]', "part[0].scopes[0]"),
        ('hook = "patient-view"', 'hook = "patient-view"\nlaunch = "x.html"', "part[0].launch"),
        ('"Patient/{{context.patientId}}"', '"https://elsewhere.example/Patient"', "part[0].prefetch.'patient'"),
        ("patient = ", '"pa tient" = ', "part[0].prefetch.'pa tient'"),
        ('"Patient/{{context.patientId}}"', "7", "part[0].prefetch.'patient'"),
        ('[server]\nmodule = "early.answers"\nmemory_mb = 128\n', "", "server"),
        (SECOND, f"{SECOND}{SECOND}", "part"),
    ],
)
def test_what_does_not_fit_is_told_at_its_key(was: str, becomes: str, where: str) -> None:
    """Each fault names the key, what was expected and what stands there."""
    assert was in SERVED
    with pytest.raises(BadManifest) as caught:
        parse_manifest(SERVED.replace(was, becomes, 1).encode(), FILES)
    assert where in [fault.where for fault in caught.value.faults]


def test_a_server_without_a_hook_is_a_fault() -> None:
    """A process that nobody asks anything is not run."""
    app = """
[[part]]
kind = "app"
title = "Early"
launch = "a.html"
start = "a.html"
context = "none"
scopes = []
"""
    with pytest.raises(BadManifest) as caught:
        parse_manifest((SERVED[: SERVED.index("[[part]]")] + app).encode(), FILES | {"a.html"})
    assert [fault.where for fault in caught.value.faults] == ["server"]


def test_a_package_is_run_by_its_main() -> None:
    """A folder is a module that can be run where it has both files."""
    text = SERVED.replace("early.answers", "early")
    with pytest.raises(BadManifest):
        parse_manifest(text.encode(), FILES)
    assert parse_manifest(text.encode(), FILES | {"early/__main__.py"}).server == Server("early", memory_mb=128)
