"""A package's code put before the checkers: copied under names of ours into a fresh folder, so that nothing of the product configures them."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.resources import files
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from time import monotonic

from tabard.accreditation.contents.kinds import SCRIPTS, SERVERS, kind_of
from tabard.accreditation.probing.checked import Checked, ToolRun, Unread
from tabard.accreditation.probing.checkers.confining import run
from tabard.accreditation.probing.checkers.place import Place, find_checkers
from tabard.accreditation.probing.checkers.tools import RULES, SOURCES, TOOLS, Tool, command
from tabard.accreditation.probing.ports import CouldNot
from tabard.product import Package

LIMIT_S = 90.0
"""How long each checker may take, in seconds; they run at once."""

LARGEST_BYTES = 1024 * 1024
"""A text of code that is larger is for a person."""

MOST_FILES = 4000
_KINDS = SERVERS | SCRIPTS
_BAIT = "\0bait"
"""A file of ours among the copies, with something that every checker must find: one that does not is not awake."""

_BAITED = b"eval(input)\n"


def check_code(package: Package) -> Checked | CouldNot:
    """What the static checkers say of the package's code, and which files each of them read."""
    return check_files(package.files)


def check_files(texts: Mapping[str, bytes], limit_s: float = LIMIT_S) -> Checked | CouldNot:
    """The same of some files, by name; those that are no code are passed over."""
    place = find_checkers()
    if isinstance(place, CouldNot):
        return place
    code = {name: raw for name, raw in texts.items() if kind_of(name) in _KINDS}
    with TemporaryDirectory(prefix="tabard-code-") as home, ThreadPoolExecutor(len(TOOLS)) as pool:
        runs = [pool.submit(_run, tool, place, Path(home) / tool.name, code, limit_s) for tool in TOOLS]
        done = [one.result() for one in runs]
    return Checked(tuple(one for one, _ in done), tuple((one.tool, f"{took:.2f} s") for one, took in done))


def _run(tool: Tool, place: Place, folder: Path, code: Mapping[str, bytes], limit_s: float) -> tuple[ToolRun, float]:
    begun = monotonic()
    version = dict(place.versions)[tool.name]
    its = {name: raw for name, raw in code.items() if kind_of(name) in tool.kinds}
    large = tuple(Unread(name, _large(raw)) for at, (name, raw) in enumerate(its.items()) if _is_large(at, raw))
    small = {name: raw for name, raw in its.items() if name not in {one.file for one in large}}
    told = ToolRun(tool.name, version, ())
    if small:
        names = _copied(folder, small)
        told = _asked(tool, place, folder, names, limit_s)
        if told.fault and monotonic() - begun < limit_s:
            told = _asked(tool, place, folder, names, limit_s)  # one that fell over is asked once more
    whole = replace(told, owed=tuple(sorted(its)), unread=(*told.unread, *large))
    return whole, monotonic() - begun


def _asked(tool: Tool, place: Place, folder: Path, names: Mapping[str, str], limit_s: float) -> ToolRun:
    """One checker's answer, without what it says of the bait."""
    version = dict(place.versions)[tool.name]
    ran = run(place, folder, command(tool, place.program(tool.name), [f"{SOURCES}/{one}" for one in names]), limit_s)
    if ran.fault:
        return ToolRun(tool.name, version, (), fault=ran.fault)
    try:
        told = tool.read(version, names, ran.told)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ToolRun(tool.name, version, (), fault="it gave no answer that can be read")
    spotted = tuple(one for one in told.spotted if one.file != _BAIT)
    if len(spotted) == len(told.spotted):
        return ToolRun(tool.name, version, (), fault="it did not find what was put there for it to find")
    return replace(told, covered=tuple(one for one in told.covered if one != _BAIT), spotted=spotted)


def _is_large(at: int, raw: bytes) -> bool:
    return at >= MOST_FILES or len(raw) > LARGEST_BYTES


def _large(raw: bytes) -> str:
    return f"more than {LARGEST_BYTES} bytes" if len(raw) > LARGEST_BYTES else f"more than {MOST_FILES} files"


def _copied(folder: Path, code: Mapping[str, bytes]) -> dict[str, str]:
    """The code under neutral names: only the kind is kept, so no name is one that a checker looks for. Answers whose is whose."""
    for name in (SOURCES, RULES, "home"):
        (folder / name).mkdir(parents=True)
    for one in files("tabard.accreditation.probing").joinpath("semgrep").iterdir():
        if one.name.endswith(".yml"):
            (folder / RULES / one.name).write_bytes(one.read_bytes())
    names = {f"f{at:05}{PurePosixPath(name).suffix.lower()}": name for at, name in enumerate(sorted(code), 1)}
    for copy, name in names.items():
        (folder / SOURCES / copy).write_bytes(code[name])
    bait = f"f00000{PurePosixPath(next(iter(names))).suffix}"
    (folder / SOURCES / bait).write_bytes(_BAITED)
    return {bait: _BAIT, **names}
