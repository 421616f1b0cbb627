"""The clinical safety report drawn: as one HTML page that prints, and as PDF by typst where that is installed.

Neither fetches anything. What a maker wrote is escaped in the page, and in the print it is data, never markup.
"""

import json
from dataclasses import asdict
from importlib import import_module, resources
from typing import Any

from jinja2 import Environment, StrictUndefined

from tabard.accreditation.safety.viewing import ReportView
from tabard.ground.errors import CallerError

_HERE = "tabard.accreditation.safety"


def html_of(told: ReportView) -> str:
    """The report as a page of its own: the matrix is a table, each cell with its rating and its hazards in words."""
    around = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return around.from_string(_text("report.html")).render(told=told)


def pdf_of(told: ReportView) -> bytes:
    """The report as PDF. Raises CallerError where typst is not installed."""
    try:
        typst: Any = import_module("typst")
    except ImportError as fault:
        raise CallerError(
            "a PDF needs typst",
            expected="the optional part `pdf` of Tabard",
            remedy="install `tabard[pdf]`, or take the HTML report and print it",
        ) from fault
    data = json.dumps(_plain(told), ensure_ascii=False)
    return bytes(typst.compile(_text("report.typ").encode(), sys_inputs={"report": data}))


def _plain(told: ReportView) -> dict[str, Any]:
    """The report as JSON has it; each cell with its words."""
    rows = [
        {"likelihood": row.likelihood, "cells": [{"rating": one.rating, "words": one.words} for one in row.cells]}
        for row in told.rows
    ]
    return asdict(told) | {"rows": rows}


def _text(name: str) -> str:
    return resources.files(_HERE).joinpath(name).read_text(encoding="utf-8")
