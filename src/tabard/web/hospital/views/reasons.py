"""Reasons for which a message was not filed, as a heading for people; a code that is not known here is shown as words."""

_WORDS = {
    "unreadable": "Could not be read",
    "unsupported_event": "Event not handled",
    "unknown_patient": "Patient not known",
    "ambiguous_patient": "Patient not certain",
    "no_patient_identifier": "No patient identifier",
    "no_visit_number": "No visit number",
    "too_large": "Too large",
    "unfinished_frame": "Ended in the middle",
}


def reason_words(code: str) -> str:
    """`Patient not known` for `unknown_patient`."""
    return _WORDS.get(code) or code.replace("_", " ").replace("-", " ").capitalize() or "No reason given"
