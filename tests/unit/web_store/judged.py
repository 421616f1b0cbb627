"""A store in which much was judged: accredited with conditions, referred back, refused, suspended, and one maker means harm."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from tabard.accreditation import RULES, Terms
from tabard.accreditation.claims import Evidence, EvidenceKind, Status
from tabard.decision import Accreditor, Condition, Owner
from tabard.product import build, sign_release
from unit.store.product_files import folder_of, sign_papers
from unit.web_store.words import judge_all
from unit.web_store.world import World, world_in

HARM = "<script>alert(1)</script>"
REASON = "I looked at every page of it by eye and by keyboard."
_RULES = {rule.id: rule.judges for rule in RULES}
_CLAIMS = f"""
[[claim]]
criterion = "dtac-2.0/C1.2.4"
state = "todo"
reason = "{HARM} is what is still to do here, and no less."
by = 2027-03-31
[[claim]]
criterion = "dtac-2.0/C1.1.1"
state = "done"
answer = "no"
evidence = ["tabard.toml"]
"""


PENTEST = "ab" * 32
LATER = date(2099, 1, 31)
_MORE_CLAIMS = f"""
[[claim]]
criteria = ["dcb0129-4.2/2.1.1", "dcb0129-4.2/2.2.1", "dcb0129-4.2/2.3.1", "dcb0129-4.2/2.3.2"]
state = "done"
evidence = ["safety/case.toml", "README.md"]
[[claim]]
criterion = "dcb0129-4.2/2.3.3"
state = "todo"
reason = "The officer's deputy is not appointed yet."
by = 2099-03-31
[[claim]]
criterion = "dtac-2.0/C3.3"
state = "done"
evidence = ["sha256:{PENTEST}"]
[[claim]]
criteria = ["wcag-2.2/1.2.1", "wcag-2.2/1.2.2", "wcag-2.2/1.2.3"]
state = "exempt"
reason = "It has no sound and no film."
[[claim]]
criterion = "wcag-2.2/2.4.2"
state = "done"
evidence = ["index.html"]
"""


@dataclass(frozen=True)
class Judged:
    """The world, and the case of each kind."""

    world: World
    accredited: str
    suspended: str
    refused: str
    referred_back: str
    failing: str
    harmful: str
    waiting: str

    def decision(self, case: str) -> str:
        """The SHA-256 of the statement of that case."""
        found = self.world.store.case(case).case.statement
        assert found is not None
        return sha256(found.payload).hexdigest()


@contextmanager
def judged_in(folder: Path, port: int) -> Iterator[Judged]:
    """All of it, in `folder`."""
    with world_in(folder, port) as world:
        accredited, listed = _accredited(world), _listed(world, folder)
        referred_back = _referred_back(world, folder)
        world.store.suspend(listed, who(world, "clinical"), "It froze for a whole hour.")
        world.store.release()
        yield Judged(
            world=world,
            accredited=accredited,
            suspended=listed,
            refused=_refused(world, folder),
            referred_back=referred_back,
            failing=_failing(world, folder),
            harmful=_harmful(world, folder),
            waiting=_waiting(world, folder),
        )


def who(world: World, name: str) -> Accreditor:
    """The assessor of that account."""
    return next(one for one in world.store.assessors.trust().accreditors if one.name == f"Dr {name.title()}")


def submitted(world: World, folder: Path) -> str:
    """The case of the product in that folder, checked."""
    made = build(folder)
    case = world.store.submit(made.raw, sign_release(made, world.publisher).to_bytes()).case.id
    world.store.check()
    return case


def reviewed(world: World, case: str) -> str:
    """The same case, taken on and reviewed by both."""
    people = [who(world, name) for name in world.people]
    for one in people:
        world.store.assign(case, one, "none")
    for finding in world.store.case(case).case.unreviewed:
        judge = next(one for one in people if one.role in _RULES[finding.rule])
        world.store.review(case, judge, finding.rule, REASON, place=finding.place)
    return case


def signed(world: World, case: str, terms: Terms) -> str:
    """The same case, every criterion of it judged, decided on these terms and public."""
    if not terms.grounds:
        judge_all(world.store, case, [who(world, name) for name in world.people])
    world.store.draft(case, who(world, "clinical"), terms)
    for name, person in world.people.items():
        statement = world.store.case(case).case.statement
        assert statement is not None
        signature = person.key.sign(statement.to_sign)
        digest = sha256(statement.payload).hexdigest()
        world.store.sign(case, who(world, name), person.key.public.keyid, signature, digest)
    world.store.release()
    return case


def _accredited(world: World) -> str:
    case = world.reviewed()
    due = date.today() + timedelta(days=20)  # noqa: DTZ011  a day in time to come, wherever this runs
    world.store.add_condition(case, who(world, "security"), "Mend the small print on screens.", Owner.maker, due)
    return signed(world, case, Terms(conditions=(Condition("", "Only on screens of staff."),)))


def _listed(world: World, folder: Path) -> str:
    return signed(world, reviewed(world, submitted(world, folder_of(folder / "one", "1.0.0"))), Terms())


def _refused(world: World, folder: Path) -> str:
    case = reviewed(world, submitted(world, folder_of(folder / "two", "1.5.0", words="Another name")))
    return signed(world, case, Terms(grounds=("Two patients can be taken for one.",)))


def _referred_back(world: World, folder: Path) -> str:
    case = submitted(world, folder_of(folder / "three", "1.6.0", words="One more name"))
    clinical = who(world, "clinical")
    world.store.assign(case, clinical, "none")
    world.store.refer_back(case, clinical, "pages-accessible", "What does it show when nothing comes?")
    return case


def _waiting(world: World, folder: Path) -> str:
    """In review, taken on by both, with claims of every state, evidence in the ledger, a condition, and two words of one of them."""
    made = folder_of(folder / "seven", "1.5.5", words="A seventh name")
    (made / "claims.toml").write_text(_MORE_CLAIMS)
    today = world.store.clock().date()
    item = Evidence(
        id="pentest-2026",
        sha256=PENTEST,
        kind=EvidenceKind.penetration_test,
        title="Penetration test of all our products",
        organisation="RZZ",
        made=today - timedelta(days=40),
        serves=("dtac-2.0/C3.3", "asvs-5.0/1.2.1"),
        says=(("worst_cvss", "4.3"), ("tester", "Testers Ltd")),
    )
    world.store.evidence.add(item, "St Elsewhere's Hospital")
    case = reviewed(world, submitted(world, sign_papers(made)))
    security = who(world, "security")
    world.store.add_condition(case, security, "Have the next test look at the new page.", Owner.maker, LATER)
    world.store.judge(case, security, ["dtac-2.0/C3.3"], Status.met, "I read the report of the test.")
    on = ("dtac-2.0/C3.4",)
    world.store.judge(case, security, on, Status.met_with_conditions, "It is so once that is done.", ("C1",))
    return case


def _failing(world: World, folder: Path) -> str:
    made = folder_of(folder / "four", "1.7.0", words="A name, and a key")
    (made / "key.txt").write_text("-----BEGIN PRIVATE KEY-----\n")
    return submitted(world, made)


def _harmful(world: World, folder: Path) -> str:
    """A maker who writes markup wherever words can stand."""
    made = folder_of(folder / "five", "1.8.0", words="A name, and harm")
    for name, words in (
        ("tabard.toml", ("Tiny", "Shows a patient's name.", "Nurses read a name", "Dr Pat Doe")),
        ("hazards.toml", ("A name that is", "It was opened", "Care meant", "Wristbands", "Names are alike")),
    ):
        text = (made / name).read_text()
        for one in words:
            text = text.replace(f'"{one}', f'"{HARM} {one}')
        (made / name).write_text(text)
    (made / "claims.toml").write_text(_CLAIMS)
    (made / "page.html").write_text(f"<!doctype html><title>{HARM}</title>")
    return submitted(world, sign_papers(made))
