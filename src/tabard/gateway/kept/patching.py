"""JSON Patch within bounds. Pure. Source: RFC 6902; FHIR R4 3.1.0.5 (patch)."""

from typing import Any

import jsonpatch
from jsonpointer import JsonPointerException

from tabard.fhir import Resource
from tabard.gateway.errors import Refused, bad_request
from tabard.gateway.kept.shape import misshapen, name_of

MOST_OPERATIONS = 200
LONGEST_POINTER = 1_000
_OPERATIONS = frozenset({"add", "remove", "replace", "move", "copy", "test"})
_MOST_COPIES = 20
"""Each copy may double what there is."""


def check_patch(operations: Any) -> None:
    """Raises Refused unless `operations` is a patch that may be applied."""
    if not isinstance(operations, list) or not 0 < len(operations) <= MOST_OPERATIONS:
        raise bad_request(
            "patch", "This is no JSON Patch.",
            remedy=f"Send a list of 1 to {MOST_OPERATIONS} operations as application/json-patch+json.",
        )  # fmt: skip
    for place, one in enumerate(operations):
        _check_operation(f"patch[{place}]", one)
    if sum(one["op"] == "copy" for one in operations) > _MOST_COPIES:
        raise misshapen("patch", f"at most {_MOST_COPIES} copies", "more", "Send the values themselves.")


def patched(resource: Resource, operations: list[Any]) -> Resource:
    """What the resource becomes. Raises Refused: 409 where a test fails (nothing is changed), 422 where a place is not there."""
    try:
        found = jsonpatch.JsonPatch(operations).apply(resource)
    except jsonpatch.JsonPatchTestFailed as error:
        raise Refused(
            409, "conflict", "patch_test", "A test of the patch does not hold, so that nothing was changed.",
            where="patch", remedy="Read the resource, and make the patch for that.",
        ) from error  # fmt: skip
    except (jsonpatch.JsonPatchException, JsonPointerException, TypeError, ValueError, KeyError, IndexError) as error:
        raise misshapen("patch", "places that the resource has", "another", "Read it, and patch that.") from error
    if not isinstance(found, dict):
        raise misshapen("patch", "a resource when all is done", name_of(found), "Patch elements of the resource.")
    return found


def _check_operation(where: str, one: Any) -> None:
    if not isinstance(one, dict) or one.get("op") not in _OPERATIONS:
        raise misshapen(f"{where}.op", ", ".join(sorted(_OPERATIONS)), "another", "Send one of these.")
    pointers = [one.get("path"), *([one.get("from")] if one["op"] in {"move", "copy"} else [])]
    if not all(isinstance(each, str) and len(each) <= LONGEST_POINTER for each in pointers):
        raise misshapen(
            f"{where}.path", f"a JSON Pointer of at most {LONGEST_POINTER} characters", "another", "Send one."
        )
    if one["op"] in {"add", "replace", "test"} and "value" not in one:
        raise misshapen(f"{where}.value", "a value", "none", "Send the value.")
