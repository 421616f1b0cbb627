"""Every control of the maker's names what carries it out and what shows that it works, and both exist and came out well.

What shows it is a file of the package, a test of `safety/tested.json` by its name, or evidence by its digest that the safety
case lists; a test that failed, or was of another configuration, shows nothing.
Source: DCB0129 4.2, 6.3.1 to 6.3.3 (carried out, verified to be there, verified to work).
"""

from collections.abc import Iterator

from tabard.accreditation.hazards.model import Control, HazardLog, Owner
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.safety.evidence import Shelf, shelf_of
from tabard.accreditation.safety.papers import Wrong, judged, log_of, no_log

FAMILY = Family.safety
CRITERIA = ("dcb0129-4.2/6.3.1", "dcb0129-4.2/6.3.2", "dcb0129-4.2/6.3.3")


def check(subject: Subject) -> Iterator[Found]:
    """Look for each thing that a control names."""
    package = subject.package
    log = log_of(package)
    if log is None:
        yield no_log(package)
        return
    shelf = shelf_of(package)
    name, used = package.manifest.hazards, _named(log) & package.files.keys()
    yield from judged(package, name, _wrong(log, shelf), _told(log), *sorted(used), *shelf.papers)


def _wrong(log: HazardLog, shelf: Shelf) -> Iterator[Wrong]:
    for hazard in log.hazards:
        for control in hazard.controls:
            yield from _wrong_with(f"{hazard.id} {control.id}", control, shelf)


def _wrong_with(place: str, control: Control, shelf: Shelf) -> Iterator[Wrong]:
    is_ours = control.owner is Owner.manufacturer
    if is_ours and not control.implemented:
        yield f"{place}.implemented", "what carries the maker's control out", "nothing", "name the files of the package"
    if is_ours and not control.effective:
        yield (
            f"{place}.effective",
            "what shows that the control works",
            "nothing",
            "name a test, a file or evidence by its digest",
        )
    for key, refs in (("implemented", control.implemented), ("effective", control.effective)):
        for ref in refs:
            if fault := shelf.fault_of(ref):
                yield f"{place}.{key}", *fault


def _named(log: HazardLog) -> set[str]:
    controls = [each for one in log.hazards for each in one.controls]
    return {ref.partition("#")[0] for one in controls for ref in (*one.implemented, *one.effective)}


def _told(log: HazardLog) -> str:
    ours = sum(each.owner is Owner.manufacturer for one in log.hazards for each in one.controls)
    return f"{ours} controls of the maker's are there and shown to work"
