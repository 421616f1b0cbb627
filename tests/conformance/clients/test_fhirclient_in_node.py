"""npm's `fhirclient` in Node.js, as it is installed, over TLS: public, with a secret, with a key."""

import json
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from conformance.clients.asked import FROM_EHR, REGISTERED, STANDALONE
from conformance.clients.learnt import must_be_right
from conformance.clients.node import app, needs_node_modules
from conformance.clients.person import Doctor
from conformance.clients.served import Served

pytestmark = needs_node_modules
SCRIPT = "fhirclient_app.mjs"


def settings(hospital: Served, client: str, scope: str) -> dict[str, Any]:
    return {"clientId": client, "scope": scope, "base": hospital.base, "other": hospital.other}


def test_standalone(hospital: Served, doctor: Doctor) -> None:
    """Launched by itself: signed in, patient chosen, consent given; then refresh, search, pages, read, create."""
    with app(SCRIPT, hospital.certified, **settings(hospital, "node-alone", STANDALONE)) as at:
        hospital.register("node-alone", f"{at}/back", REGISTERED)
        must_be_right(hospital, doctor.told(doctor.goes(f"{at}/launch", f"{at}/back")))
    assert doctor.pages == ["/sign-in", "/choose-patient", "/consent"]


def test_launched_from_the_ehr(hospital: Served, doctor: Doctor) -> None:
    """Opened by the address that `tabard hospital launch` prints: no patient is asked for, and the right one is bound."""
    with app(SCRIPT, hospital.certified, **settings(hospital, "node-ehr", FROM_EHR)) as at:
        hospital.register("node-ehr", f"{at}/back", REGISTERED, "--launch", f"{at}/launch")
        address = hospital.launch("node-ehr", "--for", "doctor")
        must_be_right(hospital, doctor.told(doctor.goes(address, f"{at}/back")))
    assert doctor.pages == ["/sign-in", "/consent"]


def test_with_a_secret(hospital: Served, doctor: Doctor) -> None:
    """An app that keeps a secret proves itself by it at each exchange and refresh."""
    back = "https://127.0.0.1:1/back"  # where it will be is not known before it has its secret
    told = hospital.register("node-secret", back, REGISTERED, "--secret")
    known = settings(hospital, "node-secret", STANDALONE) | {"clientSecret": told["client_secret"], "redirectUri": back}
    with app(SCRIPT, hospital.certified, **known) as at:
        came = doctor.goes(f"{at}/launch", back)
        must_be_right(hospital, doctor.told(came.replace(back, f"{at}/back")))


def test_with_a_key(hospital: Served, doctor: Doctor, tmp_path: Path) -> None:
    """An app with a key proves itself by an assertion for its code; its refresh brings none, and is refused for that."""
    key = ECKey.generate_key("P-384", {"kid": "one", "alg": "ES384"})
    public = tmp_path / "jwks.json"
    public.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    private = {**key.as_dict(private=True), "key_ops": ["sign"]}
    known = settings(hospital, "node-key", STANDALONE) | {"clientPrivateJwk": private}
    with app(SCRIPT, hospital.certified, **known) as at:
        hospital.register("node-key", f"{at}/back", REGISTERED, "--jwks", str(public))
        must_be_right(hospital, doctor.told(doctor.goes(f"{at}/launch", f"{at}/back")), refresh=400)
