"""OperationOutcome: how FHIR says what went wrong, or what the reader should know."""

from typing import Literal

from tabard.fhir.json import Resource

Severity = Literal["fatal", "error", "warning", "information"]


def operation_outcome(severity: Severity, code: str, text: str, expression: str | None = None) -> Resource:
    """An OperationOutcome of one issue.

    `code` is of the IssueType code system (`invalid`, `not-found`, `forbidden`, ...); `text` is for people and must
    hold no patient data; `expression` is the FHIRPath of the element at fault.
    Source: FHIR R4, OperationOutcome.
    """
    issue: Resource = {"severity": severity, "code": code, "details": {"text": text}, "diagnostics": text}
    if expression is not None:
        issue["expression"] = [expression]
    return {"resourceType": "OperationOutcome", "issue": [issue]}
