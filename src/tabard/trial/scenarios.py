"""Scenarios that a product ships: `scenarios/*.toml`, each a few steps in plain words, read strictly. Pure.

title = "A nurse looks for a result that is further back"
part = 0
steps = [{open = "first"}, {shows = "first"}, {click = "Show all"}, {expect = "Haemoglobin"}]
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec

from tabard.trial.cast import Part as Role

FOLDER = "scenarios/"
_END = ".toml"
_MOST_FILES, _LARGEST_BYTES = 30, 20_000
_Words = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
_Seconds = Annotated[int, msgspec.Meta(ge=1, le=3600)]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step; exactly one of these is said, and `into` beside `write`.

    `open` opens the part on somebody of the cast; `shows` and `hides` say whose data are, or are not, on the screen;
    `expect` and `expect_not` are words on it; `click` names a button or link, `write` is written into the field named by
    `into`; `wait_s` lets so many seconds pass; `keeps` is a type of which something valid was written since the last open.
    """

    open: Role | None = None
    shows: Role | None = None
    hides: Role | None = None
    expect: _Words | None = None
    expect_not: _Words | None = None
    click: _Words | None = None
    write: _Words | None = None
    into: _Words | None = None
    wait_s: _Seconds | None = None
    keeps: _Words | None = None

    @property
    def words(self) -> str:
        """The step as it is told to its maker."""
        told = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return ", ".join(f"{name} {value}" for name, value in told if value is not None)


class _Told(msgspec.Struct, forbid_unknown_fields=True):
    title: Annotated[str, msgspec.Meta(min_length=3, max_length=160)]
    steps: Annotated[list[Step], msgspec.Meta(min_length=1, max_length=40)]
    part: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario: its file, the part that it is about by its place in the manifest from 0, and its steps.

    `fault` says why it cannot be read; then there are no steps.
    """

    file: str
    title: str
    part: int = 0
    steps: tuple[Step, ...] = ()
    fault: str = ""


def scenarios_in(files: Mapping[str, bytes]) -> tuple[Scenario, ...]:
    """The scenarios of a package, by their files' names."""
    names = sorted(name for name in files if name.startswith(FOLDER) and name.endswith(_END))
    read = tuple(_read(name, files[name]) for name in names[:_MOST_FILES])
    left = names[_MOST_FILES:]
    return (*read, Scenario(left[0], left[0], fault=f"more than {_MOST_FILES} scenarios")) if left else read


def _read(name: str, raw: bytes) -> Scenario:
    try:
        told = msgspec.convert(tomllib.loads(raw[:_LARGEST_BYTES].decode()), _Told)
        for at, step in enumerate(told.steps):
            _check(at, step)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, ValueError) as fault:
        return Scenario(name, name, fault=ascii(str(fault)[:200])[1:-1])
    return Scenario(name, told.title, told.part, tuple(told.steps))


def _check(at: int, step: Step) -> None:
    """Raises ValueError unless it says exactly one thing."""
    said = [name for name in step.__struct_fields__ if name != "into" and getattr(step, name) is not None]
    if len(said) != 1 or (step.into is not None) != (step.write is not None):
        raise ValueError(f"steps[{at}] must say one thing (and `into` beside `write`)")
    if at == 0 and step.open is None:
        raise ValueError("steps[0] must open the part on somebody")
