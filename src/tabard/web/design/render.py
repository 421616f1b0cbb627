"""Templates: strict, so that a mistyped field is an error and never a blank, with the NHS macros beside them.

The macros of nhsuk-frontend-jinja ask for options that nobody gave, so they live in an environment of their own.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Protocol

from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

Macro = Callable[[Mapping[str, Any]], Markup]
_MACROS = {
    "back_link": ("back-link", "backLink"),
    "button": ("button", "button"),
    "details": ("details", "details"),
    "error_summary": ("error-summary", "errorSummary"),
    "input": ("input", "input"),
    "inset_text": ("inset-text", "insetText"),
    "pagination": ("pagination", "pagination"),
    "skip_link": ("skip-link", "skipLink"),
    "tag": ("tag", "tag"),
    "warning_callout": ("warning-callout", "warningCallout"),
}


class Page(Protocol):
    """Makes a page from the name of a template, a status, and the template's values."""

    def __call__(self, template: str, status: int = 200, /, **values: object) -> HTMLResponse:
        """The page as an answer."""


def pages_of(package: str) -> Page:
    """What makes pages from the templates of a package, and from those that both applications share."""

    def page(template: str, status: int = 200, /, **values: object) -> HTMLResponse:
        return HTMLResponse(_environment(package).get_template(template).render(**values), status)

    return page


@cache
def _environment(package: str) -> Environment:
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package, "templates"), PackageLoader("tabard.web.design", "templates")]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["nhs"] = _macros()
    return made


def _macros() -> dict[str, Macro]:
    theirs = Environment(loader=PackageLoader("nhsuk_frontend_jinja"), undefined=ChainableUndefined, autoescape=True)
    found = {
        ours: (theirs.get_template(f"nhsuk/components/{folder}/macro.jinja"), name)
        for ours, (folder, name) in _MACROS.items()
    }
    return {ours: getattr(template.module, name) for ours, (template, name) in found.items()}
