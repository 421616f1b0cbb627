"""What the print of a decision says: the report's own parts as plain JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tabard.web.store.decided import Decided


def printed(base_url: str, one: Decided, shown: Mapping[str, Any]) -> dict[str, Any]:
    """What the print says, as plain JSON; the same as long as nothing became of the decision and its conditions."""
    decision, safety, findings = one.decision, shown["safety"], shown["findings"]
    last = (one.entry, *one.since)[-1]
    return {
        "title": f"{decision.title} {decision.version}",
        "address": f"{base_url}/decisions/{one.sha256}",
        "as_of": f"line {last.seq} of the decision log, {last.at:%d-%b-%Y}",
        "outcome": shown["outcome"]["word"],
        "now": shown["now"][0],
        "facts": shown["facts"],
        "signed_by": [(each.name, each.role) for each in shown["signed_by"]],
        "grounds": decision.grounds,
        "first_of_type": asdict(decision.first_of_type) if decision.first_of_type else None,
        "conditions": [asdict(each) for each in shown["conditions"]],
        "stood": [(word, number) for word, _, number in shown["stood"]],
        "words": one.words,
        "evidence": [(f"{each.title}{f', {each.dates}' if each.dates else ''}", each.sha256) for each in one.evidence],
        "frameworks": [(each.title, each.version, each.sha256) for each in one.frameworks],
        "judged": [
            {
                "title": f"{each.title} {each.version}",
                "criteria": [
                    (this.word, f"{this.number} {this.title}", "; ".join(this.because)) for this in each.criteria
                ],
            }
            for each in shown["judged"]
        ],
        "safety": None
        if safety is None
        else {
            "standing": safety.standing,
            "severities": [each for each, _ in safety.severities],
            "rows": [(row.likelihood, [(cell.rating, cell.words) for cell in row.cells]) for row in safety.rows],
            "hazards": [(f"{each.id} {each.title}", each.effect, each.first, each.left) for each in safety.hazards],
        },
        "findings": None
        if findings is None
        else {
            "counted": findings.counted,
            "each": [
                (each.verdict, f"{each.title}{f', {each.place}' if each.place else ''}", each.got, each.review)
                for each in (*findings.open, *findings.passed)
            ],
        },
        "since": [(f"{each['at'].text}", each["word"], each["by"], each["entry"].words) for each in shown["since"]],
    }
