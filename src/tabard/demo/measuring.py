"""Observations, unmodified, at both hospitals: what HL7 v2 brought here, what Millennium holds there."""

import re
from urllib.parse import urlencode

from tabard.demo.errors import Failed
from tabard.demo.house import House
from tabard.demo.launching import App, launch
from tabard.demo.products import product_folder
from tabard.demo.stage import Stage
from tabard.demo.waiting import until
from tabard.fhir import Resource
from tabard.product import read_manifest
from tabard.sandbox import C_REACTIVE_PROTEIN, VITAL_SIGNS

_PATIENT = re.compile(r'href="(/patients/([^"?]+))"')
_PULSE = "8867-4"
_CRP = ["<5"]


def at_elsewhere(stage: Stage) -> str:
    """A panel of vital signs and a CRP come by HL7 v2, and the app shows both for their patient and for nobody else."""
    house, lorenzo = stage.elsewhere, stage.lorenzo
    mrn = house.patients["mover"]
    lorenzo.result(mrn, VITAL_SIGNS, ["121", "74", "88", "36.9", "16", "97"])
    lorenzo.result(mrn, C_REACTIVE_PROTEIN, _CRP)
    return _shown(house, mrn, "88")


def at_millpond(stage: Stage) -> str:
    """The same app asks the same: Millennium answers through the gateway, every id another."""
    house, millennium = stage.millpond, stage.millennium
    mrn = house.patients["mover"]
    ids = [*millennium.vital_signs(mrn, ["134", "81", "92", "37.4", "18", "95"]), millennium.fhir_id(mrn)]
    ids += millennium.result(mrn, C_REACTIVE_PROTEIN, _CRP)
    told = _shown(house, mrn, "92", hidden=(*ids, millennium.tenant, millennium.fhir_base))
    if millennium.refused:
        raise Failed("the pretend Millennium refused something", got=str(millennium.refused[0]))
    return f"{told}; no search refused, no id of Millennium's seen"


def _shown(house: House, mrn: str, pulse: str, hidden: tuple[str, ...] = ()) -> str:
    """The app, opened on this patient, is answered with this pulse and the CRP, and holds nothing of `hidden`."""
    page, patient = _patient(house, mrn)
    app = launch(house.visitor, read_manifest(product_folder("observations")), page, "patient", patient)
    try:
        until(lambda: pulse in _values(app, patient), f"{house.name} shows the pulse that was measured")
        found = app.search(f"/Observation?{urlencode({'patient': patient, '_count': '100'})}")
        found += app.search(f"/DiagnosticReport?{urlencode({'patient': patient, '_count': '50'})}")
        _must_be_of(found, patient)
        seen = str(found) + str(app.token)
        leaked = [one for one in hidden if re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", seen)]
    finally:
        app.close()
    if leaked:
        raise Failed("the product was shown an id of Millennium's", got=f"{len(leaked)} of {len(hidden)}")
    kinds = sum(1 for one in found if one["resourceType"] == "Observation")
    return f"{kinds} observations in {len(found) - kinds} reports, pulse {pulse} among them"


def _patient(house: House, mrn: str) -> tuple[str, str]:
    """The patient's page in the portal, and their id in the record."""
    found = _PATIENT.search(house.visitor.get(f"/patients?q={mrn}").text)
    if found is None:
        raise Failed("the patient is not found in the portal")
    return found[1], found[2]


def _values(app: App, patient: str) -> set[str]:
    """The pulses that the app is shown."""
    found = app.search(f"/Observation?{urlencode({'patient': patient, '_count': '100'})}")
    return {
        str(one["valueQuantity"]["value"])
        for one in found
        if "valueQuantity" in one and any(coding.get("code") == _PULSE for coding in one["code"].get("coding", ()))
    }


def _must_be_of(found: tuple[Resource, ...], patient: str) -> None:
    if any(one["subject"]["reference"] != f"Patient/{patient}" for one in found):
        raise Failed("something of another patient was answered")
