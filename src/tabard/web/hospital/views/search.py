"""What somebody typed into the patient search, as FHIR search parameters. Pure.

A date of birth, a hospital number, an NHS number and names may stand together in any order; all of them must agree.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from tabard.fhir.nhs_number import SYSTEM, is_valid
from tabard.web.hospital.views.nhs_numbers import spaced

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_DATE = re.compile(
    r"\b(\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{1,2}[- ](?:"
    + _MONTHS.replace(" ", "|")
    + r")[a-z]*[- ]\d{4})\b",
    re.IGNORECASE,
)
_SPACED_NHS_NUMBER = re.compile(r"\b(\d{3})[ -]?(\d{3})[ -]?(\d{4})\b")
_LONGEST = 100
_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Sought:
    """`parameters` for a Patient search, empty when nothing useful was typed; `said` tells how it was understood, `problem` what is wrong."""

    parameters: tuple[tuple[str, str], ...]
    said: tuple[str, ...]
    problem: str = ""


def understand(typed: str) -> Sought:
    """What to search for."""
    text = " ".join(typed.split())
    if len(text) > _LONGEST:
        return Sought((), (), f"Search for less than {_LONGEST} letters.")
    parameters: list[tuple[str, str]] = []
    said: list[str] = []
    if found := _DATE.search(text):
        born = _date(found[0])
        if born is None:
            return Sought(
                (), (), f"{found[0]} is not a date. Write a date of birth as 28-Feb-1969, 28/02/1969 or 1969-02-28."
            )
        parameters.append(("birthdate", born.isoformat()))
        said.append(f"born {born:%d-%b-%Y}")
        text = text.replace(found[0], " ")
    if found := _SPACED_NHS_NUMBER.search(text):
        _number("".join(found.groups()), parameters, said)
        text = text.replace(found[0], " ")
    problem = _words(text.replace(",", " ").split(), parameters, said)
    return Sought((), (), problem) if problem else Sought(tuple(parameters), tuple(said))


def _number(number: str, parameters: list[tuple[str, str]], said: list[str]) -> None:
    """Ten digits: an NHS number where they pass its check, else (or besides) a hospital number."""
    if is_valid(number):
        parameters.append(("identifier", f"{SYSTEM}|{number},{number}"))
        said.append(f"NHS or hospital number {spaced(number)}")
    else:
        parameters.append(("identifier", number))
        said.append(f"number {number} (as an NHS number it would fail its check)")


def _words(words: list[str], parameters: list[tuple[str, str]], said: list[str]) -> str:
    """The rest: what holds a digit is a hospital number, all else a part of the name. Answers what is wrong, or nothing."""
    for word in words:
        if any(letter.isdigit() for letter in word):
            parameters.append(("identifier", _escaped(word)))
            said.append(f"number {word}")
        elif len(word) < _SHORTEST_NAME:
            return "Write at least 2 letters of a name."
        else:
            parameters.append(("name", _escaped(word)))
            said.append(f"a name beginning with {word}")
    return ""


def _date(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d-%b-%Y", "%d %b %Y", "%d-%B-%Y", "%d %B %Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day, no moment
        except ValueError:
            continue
    return None


def _escaped(word: str) -> str:
    """A word as one search value. Source: FHIR R4, 3.1.1.4.0.6 (escaping `$`, `,`, `|`)."""
    return re.sub(r"([\\$,|])", r"\\\1", word)
