"""First steps: a hospital's folder, its accounts, its link, its product; the hospital running and its link live."""

import httpx

from tabard.demo.process import HospitalProcess
from tabard.demo.products import product_folder
from tabard.demo.stage import LINK, SignIn, Stage
from tabard.demo.waiting import until
from tabard.ground.ids import unguessable
from tabard.hospital import Role, init, load
from tabard.link import LinkSettings, add_link, journal_of

_PASSWORD_LENGTH = 12
_PEOPLE = (
    ("nurse", "Nadia Achebe", Role.clinician, "wards, patients, products"),
    ("integration", "Iain Pryce", Role.integration, "links, parked messages"),
)


def set_up(stage: Stage) -> str:
    """St Elsewhere's folder, two demo accounts, its link and the ward board."""
    layout = stage.lorenzo.layout
    init(stage.folder, layout.name, layout.ods, stage.web_port)
    hospital = load(stage.folder)
    for username, name, role, does in _PEOPLE:
        password = unguessable()[:_PASSWORD_LENGTH]
        hospital.accounts.put(username, name, frozenset({role}), password)
        stage.sign_ins += (SignIn(username, password, does),)
    hospital.installs.install(product_folder("ward-board"))
    add_link(stage.folder, LinkSettings(LINK, "itk-2.4", stage.mllp_port, silence_after_s=stage.silence_s))
    return f"{layout.name} in {stage.folder}"


def start(stage: Stage) -> str:
    """The hospital runs as a process of its own and answers."""
    process = stage.process = HospitalProcess(stage.folder)
    discovery = f"{stage.base}/fhir/.well-known/smart-configuration"

    def answers() -> bool:
        process.must_run()
        try:
            return httpx.get(discovery, timeout=2, trust_env=False).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    until(answers, "the hospital answers", patience_s=30)
    return stage.base


def link_live(stage: Stage) -> str:
    """The first admission is sent, acknowledged, and filed."""
    sent = stage.lorenzo.admit("AMU")
    until(lambda: filed(stage) == 1, "the first message is filed")
    return f"A01 answered {sent.acknowledgement.code} and filed"


def filed(stage: Stage) -> int:
    """How many messages are in the record."""
    return journal_of(stage.folder).counts().states.get("applied", 0)
