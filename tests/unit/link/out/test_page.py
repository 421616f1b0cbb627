"""The page on HL7 v2 is true: its example runs, its settings are the settings, its names exist."""

import re
import tomllib
from dataclasses import MISSING, fields
from pathlib import Path

from tabard.hl7v2 import BatchReason
from tabard.link.out import Destination, OutState, TlsSettings

_PAGE = (Path(__file__).parents[4] / "docs/look-up/hl7v2.md").read_text("utf-8")


def _block(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", _PAGE, re.MULTILINE | re.DOTALL)
    return str(block)


def test_the_example_runs() -> None:
    """What a reader copies does what it says."""
    exec(compile(_block("python"), "hl7v2.md", "exec"), {})  # noqa: S102  our own page


def test_the_settings_are_all_told_with_their_defaults() -> None:
    """None missing, none made up."""
    told = tomllib.loads(_block("toml"))
    assert set(told.pop("tls")) == {one.name for one in fields(TlsSettings)}
    known = {one.name: one.default for one in fields(Destination) if one.name not in {"name", "tls"}}
    assert set(told) == set(known)
    assert {name: told[name] for name, default in known.items() if default is not MISSING} == {
        name: default for name, default in known.items() if default is not MISSING
    }


def test_states_and_faults_are_all_told() -> None:
    """Each word that a person may meet stands on the page."""
    assert [word.value for word in (*OutState, *BatchReason) if f"`{word.value}`" not in _PAGE] == []
