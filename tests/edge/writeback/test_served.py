"""A hospital whose link takes writes, served as it is in earnest: it says so, and its outbox is carried; without, it says that."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.out.receivers import receiver
from tabard import hospital
from tabard.ground.errors import CallerError
from tabard.link import LinkSettings, add_link
from tabard.wiring import Running, running
from unit.link.writeback.a_hospital import set_up


def interactions(served: Running, kind: str) -> set[str]:
    """What the served hospital's CapabilityStatement says of a type."""

    async def ask() -> Any:
        transport = httpx.ASGITransport(app=served.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
            return (await client.get("/fhir/metadata")).json()

    told = {one["type"]: one for one in asyncio.run(ask())["rest"][0]["resource"]}
    return {one["code"] for one in told[kind]["interaction"]} if kind in told else set()


def test_a_link_with_write_is_told_and_carried(tmp_path: Path) -> None:
    """What may be written stands in the CapabilityStatement; both threads run, and end with the hospital."""
    hospital.init(tmp_path, "Millpond Royal", "RZY", 8000)
    with receiver() as ehr:
        set_up(tmp_path, ehr.port, types=("Observation",))
        for _ in range(2):  # what a start holds, its end gives back
            with running(tmp_path) as served:
                assert "create" in interactions(served, "Observation")
                assert "update" not in interactions(served, "Observation"), "what goes back is changed there"
                assert "create" not in interactions(served, "Appointment")


def test_a_hospital_without_write_sends_nothing_back(tmp_path: Path) -> None:
    """What products write is kept here, and says so; no book and no outbox is made, and no booking is taken."""
    hospital.init(tmp_path, "Millpond Royal", "RZY", 8000)
    add_link(tmp_path, LinkSettings(name="pas", dialect="itk-2.4", port=0))
    with running(tmp_path) as served:
        assert {"create", "update", "patch", "delete"} <= interactions(served, "Observation")
        assert "create" not in interactions(served, "Appointment")
    assert not (tmp_path / "writeback.db").exists()
    assert not (tmp_path / "outbound.db").exists()


def test_a_destination_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    """Told with the link and the setting, before a product could write into nothing; nothing stays held."""
    hospital.init(tmp_path, "Millpond Royal", "RZY", 8000)
    set_up(tmp_path, destination="nowhere")
    for _ in range(2):
        with pytest.raises(CallerError, match="a link writes where nothing is"), running(tmp_path):
            pass
