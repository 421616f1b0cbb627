"""What the standard calls the pieces of a message."""

from tabard.hl7v2 import FieldName, component_name, field_name


def test_a_field_is_called_by_the_standards_name() -> None:
    """The patient's numbers, and of them the authority that gave one."""
    assert field_name("PID", 3) == FieldName("Patient identifier list", "CX")
    assert component_name("CX", 4) == "Assigning authority"


def test_what_the_standard_does_not_know_has_no_name() -> None:
    """A Z segment, a number beyond the last field, and none at all."""
    assert field_name("ZU1", 1) == field_name("PID", 99) == field_name("PID", 0) == FieldName()
    assert component_name("CX", 99) == component_name("", 1) == ""
