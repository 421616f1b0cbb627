"""`tabard link dialect propose|approve|switch|back`: a change of what a feed means, step by step."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tabard import link as links
from tabard.audit import AuditLog
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.link_options import HERE, Hospital, LinkName, folder_of
from tabard.cli.person import By, person_of
from tabard.cli.terminal import line
from tabard.dialect import differences
from tabard.ground.errors import NotFound
from tabard.ground.time import system_clock

SHORT = 12
"""So many digits of a digest are shown to people."""


class Role(StrEnum):
    """Those whose word a change wants."""

    integration = links.INTEGRATION
    clinical_safety = links.CLINICAL_SAFETY


_Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a sentence.")]
_Version = Annotated[
    str, typer.Option("--version", metavar="DIGEST", help="The proposed version by the first digits of its digest.")
]


def propose(
    name: LinkName,
    dialect: Annotated[str, typer.Argument(metavar="DIALECT", help="A shipped dialect, or a dialect's TOML file.")],
    *,
    by: By,
    reason: _Reason,
    hospital: Hospital = HERE,
    as_json: AsJson = False,
) -> None:
    """Propose a dialect for a link: it is checked, kept, and told what it changes. Nothing is live by that."""
    folder = folder_of(hospital)
    person = person_of(folder, by)
    with _changing(folder) as changing:
        found = changing.propose(name, dialect, person, reason)
    _tell(folder, found, as_json=as_json)


def approve(
    name: LinkName,
    *,
    by: By,
    role: Annotated[Role, typer.Option(help="Whose word it is.")],
    version: _Version,
    report: Annotated[
        str,
        typer.Option(
            "--report", metavar="DIGEST", help="The shadow report that you read, by its digest's first digits."
        ),
    ],
    hospital: Hospital = HERE,
    as_json: AsJson = False,
) -> None:
    """Give your word for the proposed version as its shadow report shows it."""
    folder = folder_of(hospital)
    proposal = proposal_of(folder, name, version)
    known = "" if proposal.shadow is None else proposal.shadow.report
    whole = known if known and _begins(known, report) else report
    person = person_of(folder, by)
    with _changing(folder) as changing:
        found = changing.approve(name, proposal.made.digest, person, role.value, whole)
    _tell(folder, found, as_json=as_json)


def switch(name: LinkName, *, by: By, version: _Version, hospital: Hospital = HERE, as_json: AsJson = False) -> None:
    """Make an approved version live: the next message is read by it, without a restart."""
    folder = folder_of(hospital)
    digest = proposal_of(folder, name, version).made.digest
    person = person_of(folder, by)
    with _changing(folder) as changing:
        found = changing.switch(name, digest, person)
    _tell(folder, found, as_json=as_json)
    if not as_json:
        line("What came before stays as it was read, until it is given again:")
        line(f"  tabard link replay {name} --day YYYY-MM-DD --by PERSON --reason TEXT")
        line(f"Back, at once: tabard link dialect back {name} --by USERNAME --reason TEXT")


def back(name: LinkName, *, by: By, reason: _Reason, hospital: Hospital = HERE, as_json: AsJson = False) -> None:
    """Go back to the version that was live before, at once: one person's word does."""
    folder = folder_of(hospital)
    person = person_of(folder, by)
    with _changing(folder) as changing:
        found = changing.back(name, person, reason)
    _tell(folder, found, as_json=as_json)


def proposal_of(folder: Path, link: str, version: str = "") -> links.Proposal:
    """What is proposed for a link, and is `version` where that is said. Raises NotFound."""
    found = links.standing(folder, link).proposal
    if found is None:
        raise NotFound(
            "nothing is proposed for this link",
            where=f"link {link}",
            got=version or None,
            remedy=f"propose a dialect: `tabard link dialect propose {link} FILE`; what was live before wants a new proposal too",
        )
    if not _begins(found.made.digest, version, is_any=not version):
        raise NotFound(
            "this is not what is proposed",
            got=version or None,
            where=f"link {link}",
            expected=found.made.digest[:SHORT],
            remedy="give at least eight digits of the version that `tabard link dialect list` shows",
        )
    return found


@contextmanager
def _changing(folder: Path) -> Iterator[links.Changing]:
    """Changes of dialects, written into the hospital's audit."""
    audit = AuditLog(folder / "audit", system_clock)
    try:
        yield links.Changing(folder, audit, system_clock)
    finally:
        audit.close()


def _begins(digest: str, told: str, *, is_any: bool = False) -> bool:
    """Whether `told` names the digest: eight digits of it at least, so that it is not another by chance."""
    return is_any or (len(told) >= 8 and digest.startswith(told))  # noqa: PLR2004  as the docstring says


def _tell(folder: Path, found: links.Standing, *, as_json: bool) -> None:
    """How the link's dialect stands now."""
    proposal = found.proposal
    if as_json:
        told = None if proposal is None else {
            "digest": proposal.made.digest,
            "kinds": proposal.made.kinds,
            "report": None if proposal.shadow is None else proposal.shadow.report,
            "words": [{"by": word.by, "role": word.role, "at": word.at} for word in proposal.words],
            "missing": proposal.missing,
            "is_ready": proposal.is_ready,
        }  # fmt: skip
        tell_json({"link": found.link, "live": found.live.digest, "proposal": told})
        return
    line(f"Link {found.link}: live is {found.live.digest[:SHORT]}")
    if proposal is not None:
        _tell_proposal(folder, found, proposal)


def _tell_proposal(folder: Path, found: links.Standing, proposal: links.Proposal) -> None:
    digest = proposal.made.digest[:SHORT]
    line(f"Proposed is {digest}, by {proposal.made.name}: {proposal.made.reason}")
    pair = (links.version_of(folder, one).dialect for one in (found.live, proposal.made))
    for one in differences(*pair):
        line(f"  {one.kind.value:<12}{one.key}")
    for word in proposal.words:
        line(f"  the word of {word.name}, {word.role}")
    if proposal.shadow is None:
        line(f"Next: tabard link dialect shadow {found.link} --by USERNAME")
    elif proposal.missing:
        report = proposal.shadow.report[:SHORT]
        line(f"It wants the word of: {', '.join(proposal.missing)}. Each of them:")
        line(
            f"  tabard link dialect approve {found.link} --version {digest} --report {report} --role ROLE --by USERNAME"
        )
    else:
        line(f"Next: tabard link dialect switch {found.link} --version {digest} --by USERNAME")
