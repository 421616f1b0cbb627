"""Small pages of pretend systems: plain HTML, every text escaped."""

from collections.abc import Iterable, Mapping
from html import escape

from starlette.responses import HTMLResponse


def page(title: str, *parts: str) -> HTMLResponse:
    """A page under a heading; `parts` are HTML already."""
    head = f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    return HTMLResponse(f"{head}<body><main><h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>")


def button(action: str, text: str, fields: Mapping[str, str]) -> str:
    """A form that is one button."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )
    return f'<form method="post" action="{escape(action)}">{hidden}<button>{escape(text)}</button></form>'


def table(caption: str, rows: Iterable[Iterable[str]]) -> str:
    """A table; cells are HTML already, the first of each row is its heading."""
    told = "".join(
        "<tr>"
        + "".join(f"<td>{cell}</td>" if at else f"<th scope=row>{cell}</th>" for at, cell in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return f"<table><caption>{escape(caption)}</caption><tbody>{told}</tbody></table>"
