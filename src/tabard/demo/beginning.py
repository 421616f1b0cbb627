"""First steps: the centre with its people, two hospitals that trust it, each linked to its own record system."""

from tabard.accounts import random_password
from tabard.demo.centre import ASSESSORS, CENTRE, PUBLISHER
from tabard.demo.commands import one
from tabard.demo.errors import Failed
from tabard.demo.house import PEOPLE, House, SignIn
from tabard.demo.process import Served
from tabard.demo.stage import Stage
from tabard.demo.waiting import until
from tabard.hospital import load
from tabard.link import journal_of
from tabard.sandbox import FIN_SYSTEM, MRN_SYSTEM, NHS_SYSTEM, VISIT_SYSTEM

_REFRESH_S = "5"
"""How often the hospitals of the demo ask for recalls; five minutes is usual."""

_CLIENT = "tabard-millpond"
_IDENTIFIERS = {
    "urn:tabard:authority:Millpond%20MRN": MRN_SYSTEM,
    "https://fhir.nhs.uk/Id/nhs-number": NHS_SYSTEM,
    "urn:tabard:visit:VISITID": VISIT_SYSTEM,
    "urn:tabard:visit:Millpond%20FIN": FIN_SYSTEM,
}


def centre_begins(stage: Stage) -> str:
    """A store with its signed catalogue, one publisher and two assessors of different roles, each with a key of their own."""
    centre = stage.centre
    centre.made.mkdir(parents=True)
    begun = one(
        "store",
        "init",
        centre.folder,
        "--name",
        "Tabard demo store",
        "--port",
        str(centre.port),
        "--offline",
        centre.offline,
    )
    ods, name = PUBLISHER
    made = one("accredit", "key", centre.key("publisher"), "--no-passphrase")
    one("store", "enrol-publisher", centre.folder, "--ods", ods, "--name", name, "--key", made["public"])
    for role, assessor in ASSESSORS:
        made = one("accredit", "key", centre.key(role), "--no-passphrase")
        told = one(
            *("store", "enrol-assessor", centre.folder, "--name", assessor, "--role", role, "--key", made["public"]),
            *("--organisation", CENTRE),
            *("--offline", centre.offline, "--username", role.replace("_", "-")),
        )
        does = f"the queue of cases, as {role.replace('_', ' ')} reviewer; key {centre.key(role)}"
        centre.sign_ins += (SignIn(told["assessor"]["username"], told["password"], does),)
    return f"root {begun['root_sha256'][:16]}..., two assessors, publisher {ods}"


def centre_serves(stage: Stage) -> str:
    """The store runs as a process of its own and answers."""
    stage.centre.process = Served("store", stage.centre.folder)
    stage.centre.process.answers_at(stage.centre.base)
    return stage.centre.base


def hospital_begins(stage: Stage, house: House) -> str:
    """A hospital's folder, its people's accounts, the centre that it trusts."""
    layout = house.ehr.layout
    one("hospital", "init", house.folder, "--name", layout.name, "--ods", layout.ods, "--port", str(house.port))
    hospital = load(house.folder)
    for username, name, role, does in PEOPLE:
        password = random_password()
        hospital.accounts.put(username, name, frozenset({role}), password)
        house.sign_ins += (SignIn(username, password, does),)
    catalogue = f"{stage.centre.base}/catalogue"
    told = one(
        *("hospital", "trust", house.folder, "--catalogue", catalogue, "--root", stage.centre.root),
        *("--refresh-s", _REFRESH_S),
    )
    return f"{layout.name} trusts {told['verifier']}"


def lorenzo_linked(stage: Stage) -> str:
    """St Elsewhere's Lorenzo speaks HL7 v2 and nothing else."""
    return _linked(stage.elsewhere)


def millennium_linked(stage: Stage) -> str:
    """Millpond's Millennium tells its census by HL7 v2.3 and answers for the rest by FHIR, to a client that it knows by its key."""
    stage.millennium.start()
    systems = [f"--identifier={ours}={theirs}" for ours, theirs in _IDENTIFIERS.items()]
    told = _linked(stage.millpond, "--fhir", stage.millennium.fhir_base, "--client-id", _CLIENT, *systems)
    key = one("link", "key", stage.millpond.link, "--hospital", stage.millpond.folder)
    stage.millennium.register_client(_CLIENT, key["pem"])
    report = one("link", "test", stage.millpond.link, "--hospital", stage.millpond.folder)
    if not all(step["is_well"] for step in report["steps"]):
        raise Failed("the pretend Millennium cannot be asked", got=str(report["steps"]))
    return f"{told}; FHIR: {', '.join(step['name'] for step in report['steps'])}"


def hospital_serves(house: House) -> str:
    """The hospital runs as a process of its own and answers."""
    house.process = Served("hospital", house.folder)
    house.process.answers_at(f"{house.base}/fhir/.well-known/smart-configuration")
    return house.base


def link_live(house: House) -> str:
    """The first admission is sent, acknowledged, and filed."""
    first = next(ward.code for ward in house.ehr.layout.wards if ward.code != house.ward_code)
    sent = house.ehr.admit(first)
    until(lambda: filed(house) == 1, "the first message is filed")
    return f"A01 answered {sent.acknowledgement.code} and filed"


def filed(house: House) -> int:
    """How many messages are in the record."""
    return journal_of(house.folder).counts().states.get("applied", 0)


def _linked(house: House, *more: str) -> str:
    one(
        *("link", "add", house.link, "--hospital", house.folder, "--dialect", house.dialect),
        *("--port", str(house.mllp_port), "--silence-after", str(house.silence_s), *more),
    )
    return f"HL7 v2 on port {house.mllp_port}, dialect {house.dialect}"
