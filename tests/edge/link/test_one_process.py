"""A hospital's links run once."""

import socket
from pathlib import Path

import pytest

from edge.link.linked import hospital
from tabard.ground.errors import CallerError
from tabard.link import LinkSettings, add_link


def test_a_hospital_that_is_served_cannot_be_served_again(tmp_path: Path) -> None:
    """A second start takes no message and says what to do; after the first has ended it goes."""
    refused = pytest.raises(CallerError, match="in use by another process")
    with hospital(tmp_path, "itk-2.4"), refused, hospital(tmp_path, "itk-2.4"):
        pass
    with hospital(tmp_path, "itk-2.4") as again:
        assert again.journal.counts().received == 0


def test_a_start_that_failed_lets_go_of_the_folder(tmp_path: Path) -> None:
    """Once the port is free the same process can serve the hospital."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        add_link(tmp_path, LinkSettings(name="pas", dialect="itk-2.4", port=other.getsockname()[1]))
        with pytest.raises(CallerError, match="port"), hospital(tmp_path, "itk-2.4"):
            pass
    with hospital(tmp_path, "itk-2.4") as again:
        assert again.journal.counts().received == 0
