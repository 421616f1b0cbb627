"""A product's own server is told: confined, made with the kit, of an admission that came over a real link."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from story.linked_hospital import CHEAP, PASSWORD, LinkedHospital, linked_hospital
from tabard.cli.wheels import kit_wheel
from tabard.demo.launching import App, launch
from tabard.demo.visitor import Visitor
from tabard.hospital import load
from tabard.product import read_manifest
from tabard.runner.calling import call
from tabard.runner.errors import PartDown

pytestmark = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="without bubblewrap no product's server is started"
)

BEDS, WARD = "bed-watch", "Fern"
START = "urn:tabard:topic:encounter-start"
MANIFEST = """
id = "bed-watch"
name = "Bed watch"
version = "1.0.0"
publisher = "RZZ"

[server]
module = "watch"
memory_mb = 128
timeout_s = 10

[[part]]
kind = "app"
title = "Bed watch"
launch = "launch.html"
start = "index.html"
context = "ward"
scopes = ["launch", "online_access", "user/Encounter.rs", "user/Patient.rs"]

[[part]]
kind = "hook"
id = "begin"
title = "Begin"
description = "Begins to watch."
hook = "patient-view"
scopes = ["patient/Patient.r"]

[[component]]
name = "tabard-kit"
version = "{version}"
licence = "Apache-2.0"
purl = "pkg:pypi/tabard-kit@{version}"
files = ["wheels/{wheel}"]
"""
WATCH = """
import json, os
from pathlib import Path
from tabard_kit import Card, FhirError, Notification, Request, serve, hook, subscription

TOLD, LAST = Path("/data/told"), Path("/data/last-breath")


@hook("patient-view", id="begin", title="Begin")
def begin(request: Request) -> list[Card]:
    try:
        made = request.fhir.subscribe(request.context["topic"], "Beds", filters=["Encounter?class=IMP"])
    except FhirError as refused:
        return [Card(str(refused), "Watch")]
    return [Card(made["id"], "Watch")]


@subscription("urn:tabard:topic:encounter-start")
def begun(told: Notification) -> None:
    with TOLD.open("a") as kept:
        events = [[one.number, one.focus, one.change] for one in told.events]
        kept.write(json.dumps([told.type, told.subscription, events]) + "\\n")
    if told.events and LAST.exists():
        LAST.unlink()
        os._exit(1)


serve()
"""


class Watch:
    """The product, installed and running, launched on a ward by a nurse."""

    def __init__(self, hospital: LinkedHospital, product: Path) -> None:
        self.hospital = hospital
        self.place = hospital.folder / "parts" / BEDS
        self.nurse = Visitor(hospital.url)
        self.nurse.sign_in("nurse", PASSWORD)
        ward = re.search(rf'href="/wards/([^"]+)"[^>]*>\s*{WARD}', self.nurse.get("/wards").text)
        assert ward is not None
        self.app: App = launch(self.nurse, read_manifest(product), f"/wards/{ward[1]}", "ward", ward[1])

    def begin(self, token: str, topic: str = START) -> str:
        """Hand the server a token as the hospital hands over tokens, once it runs; what it then was answered."""
        context = {"patientId": "nobody", "topic": topic}
        asked = {"hook": "patient-view", "hookInstance": "1", "context": context}
        body = json.dumps({**asked, "fhirAuthorization": {"access_token": token}}).encode()
        socket, pause = self.place / "sockets" / "part.sock", Event()
        for _ in range(1200):
            try:
                answer = call(socket, "POST", "/cds-services/begin", body, timeout_s=60)
            except PartDown:
                pause.wait(0.1)
                continue
            (card,) = json.loads(answer.body)["cards"]
            return str(card["summary"])
        raise AssertionError("the server never came")

    def told(self) -> list[Any]:
        """What the server kept, in the order in which it was told."""
        kept = self.place / "data" / "told"
        return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []

    def events(self) -> list[tuple[int, str, str]]:
        """Number, focus and change of each event that it was told."""
        return [(number, focus, change) for _, _, each in self.told() for number, focus, change in each]

    def until(self, is_so: Callable[["Watch"], object]) -> None:
        """Wait until it is so."""
        pause = Event()
        for _ in range(1200):
            if is_so(self):
                return
            pause.wait(0.1)
        raise AssertionError(f"{self.told()}, and {self.app.get('Subscription').text}")

    def admitted(self) -> str:
        """Somebody comes in, over the link; the visit, as the product's page reads it."""
        before = self.visits()
        assert self.hospital.lorenzo.admit(WARD).acknowledgement.code == "AA"
        self.hospital.settled()
        (new,) = self.visits() - before
        return new

    def visits(self) -> set[str]:
        """Who is in."""
        return {f"Encounter/{one['id']}" for one in self.app.search("Encounter?status=in-progress")}

    def close(self) -> None:
        """Give back the connections."""
        self.app.close()
        self.nurse.close()


@pytest.fixture(name="watch")
def _watch(tmp_path: Path) -> Iterator[Watch]:
    product, wheel = tmp_path / BEDS, kit_wheel()
    (product / "wheels").mkdir(parents=True)
    (product / "wheels" / wheel.file_name).write_bytes(wheel.raw)
    version = wheel.file_name.split("-")[1]
    texts = {"tabard.toml": MANIFEST.format(version=version, wheel=wheel.file_name), "watch.py": WATCH}
    pages = dict.fromkeys(("launch.html", "index.html"), "<!doctype html><title>Bed watch</title>")
    for name, text in {**texts, **pages, "requirements.txt": wheel.locked, "hazards.toml": ""}.items():
        (product / name).write_text(text)
    with linked_hospital(tmp_path / "h") as hospital:
        load(hospital.folder, cost=CHEAP).installs.install(product)
        hospital.lorenzo.admit(WARD)
        hospital.settled()
        made = Watch(hospital, product)
        try:
            yield made
        finally:
            made.close()


def test_a_confined_server_is_told_of_an_admission(watch: Watch) -> None:
    """It subscribes with a launch's token over its own socket; each visit comes in order, and again where it broke off."""
    token = str(watch.app.token["access_token"])
    assert watch.begin("no-token-of-ours").startswith("401")
    assert watch.begin(token, "urn:tabard:topic:nothing").startswith("422")
    id_ = watch.begin(token)
    watch.until(Watch.told)
    assert watch.told() == [["handshake", id_, []]]
    first = (1, watch.admitted(), "POST")
    watch.until(Watch.events)
    (watch.place / "data" / "last-breath").touch(mode=0o666)
    second = (2, watch.admitted(), "POST")
    watch.until(lambda now: second in now.events())
    third = (3, watch.admitted(), "POST")
    watch.until(lambda now: third in now.events())
    assert watch.events() == [first, second, second, third], "it ended before it had answered, so it was told once more"
    assert {(kind, subscription) for kind, subscription, _ in watch.told()[1:]} == {("event-notification", id_)}
