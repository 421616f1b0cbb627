"""The clinical safety report drawn: as one HTML page that prints, and as PDF by typst where that is installed.

Neither fetches anything. What a maker wrote is escaped in the page, and in the print it is data, never markup.
"""

from dataclasses import asdict
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined

from tabard.accreditation.safety.viewing import ReportView
from tabard.accreditation.typesetting import typeset

_HERE = "tabard.accreditation.safety"


def html_of(told: ReportView) -> str:
    """The report as a page of its own: the matrix is a table, each cell with its rating and its hazards in words."""
    around = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return around.from_string(_text("report.html")).render(told=told)


def pdf_of(told: ReportView) -> bytes:
    """The report as PDF. Raises CallerError where typst is not installed."""
    return typeset(_text("report.typ"), _plain(told))


def _plain(told: ReportView) -> dict[str, Any]:
    """The report as JSON has it; each cell with its words."""
    rows = [
        {"likelihood": row.likelihood, "cells": [{"rating": one.rating, "words": one.words} for one in row.cells]}
        for row in told.rows
    ]
    return asdict(told) | {"rows": rows}


def _text(name: str) -> str:
    return resources.files(_HERE).joinpath(name).read_text(encoding="utf-8")
