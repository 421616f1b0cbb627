"""What a framework is: its criteria, each with its number, what it asks, of whom, and for which products."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from tabard.decision import Role
from tabard.ground.canonical import canonical


class Level(StrEnum):
    """How a criterion counts: what must be met, what should be, what is compared alone, and what is told to understand the rest."""

    must = "must"
    should = "should"
    score = "score"
    context = "context"


class Bearer(StrEnum):
    """Who answers a criterion: the product's maker, the hospital that deploys it, or the platform on which every product stands."""

    maker = "maker"
    site = "site"
    platform = "platform"


class Trait(StrEnum):
    """What a product has or does, on which it depends whether a criterion is asked of it."""

    patient_data = "patient-data"
    writes = "writes"
    pages = "pages"
    server = "server"
    advises = "advises"
    outside = "outside"
    components = "components"
    device = "device"
    patients_use = "patients-use"


class Kind(StrEnum):
    """How a question is answered."""

    yes_or_no = "yes-no"
    provided = "provided"
    text = "text"
    confirmed = "confirmed"
    choice = "choice"


@dataclass(frozen=True, slots=True)
class Question:
    """How a criterion that is a question of a form is answered, and which answers lead where.

    `options` are the answers of a choice, `passes` those that pass ((): whatever is told is judged by a person).
    `routes` are (answer, number of the next question, "" for the end), with the answer "*" for whatever else; where no
    route fits, the next question is the one that follows. `agrees` is the trait that the answer yes stands for: a maker who
    answers otherwise than its own product shows contradicts itself.
    """

    kind: Kind
    options: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    routes: tuple[tuple[str, str], ...] = ()
    agrees: Trait | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is asked. `id` is the framework's id, a slash and the original's number; the words are ours.

    This store's own criteria are words, `tabard/least-privilege`, and keep their ids from version to version.

    Where it is met `by_rule_alone`, the rules that name it see the whole of it; any other wants a person as well, of one of the roles `judges`.
    `rank` is the original's own level, such as `L1` or `AA`. It is asked of products of `least_class` and above that have every trait of `needs` and none of `unless`.
    """

    id: str
    title: str
    asks: str
    level: Level
    owner: Bearer
    section: str = ""
    least_class: int = 0
    needs: tuple[Trait, ...] = ()
    unless: tuple[Trait, ...] = ()
    question: Question | None = None
    rank: str = ""
    by_rule_alone: bool = False
    judges: tuple[Role, ...] = ()

    @property
    def number(self) -> str:
        """Its number there."""
        return self.id.partition("/")[2]


@dataclass(frozen=True, slots=True)
class Framework:
    """A set of criteria in one version, in force from `effective` until the day before `until`.

    `family` is common to its versions. `grace_days` is how long a product that was judged by the version before may go
    on without a new judgement, once this one is in force. `told` is what a reader must know of it: where it was taken
    from, what was mended, what could not be checked.
    """

    id: str
    family: str
    version: str
    title: str
    effective: date
    until: date | None
    grace_days: int
    source: str
    licence: str
    told: tuple[str, ...]
    criteria: tuple[Criterion, ...]

    @property
    def sha256(self) -> str:
        """SHA-256 over all that it says, in hexadecimal: the same words in another file's layout have the same."""
        return hashlib.sha256(canonical(_plain(self))).hexdigest()

    def is_in_force(self, on: date) -> bool:
        """Whether products are judged by it on that day."""
        return self.effective <= on and (self.until is None or on < self.until)


def _plain(framework: Framework) -> dict[str, Any]:
    fields = ("id", "family", "version", "title", "grace_days", "source", "licence", "told")
    return {
        **{name: getattr(framework, name) for name in fields},
        "effective": framework.effective.isoformat(),
        "until": framework.until.isoformat() if framework.until else None,
        "criteria": [plain_criterion(one) for one in framework.criteria],
    }


def plain_criterion(one: Criterion) -> dict[str, Any]:
    """A criterion as plain JSON."""
    fields = (
        "id",
        "title",
        "asks",
        "level",
        "owner",
        "section",
        "least_class",
        "needs",
        "unless",
        "rank",
        "by_rule_alone",
        "judges",
    )
    asked = one.question
    return {name: getattr(one, name) for name in fields} | {
        "question": asked and {name: getattr(asked, name) for name in ("kind", "options", "passes", "routes", "agrees")}
    }
