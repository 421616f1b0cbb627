"""A hospital's record, real: a file in its folder or a PostgreSQL database, and nobody else's."""

from contextlib import closing

from tabard.database import Place
from tabard.ground.ids import KeyedIds
from tabard.hospital import Hospital
from tabard.record import RecordWriter


def own_record(hospital: Hospital) -> Place:
    """Where the hospital's record is, made where it is not there, and ready for readers.

    Raises DatabaseAway, CallerError for a record that another hospital has written, BadSettings.
    """
    place = hospital.record
    with closing(RecordWriter(place)) as writer:
        writer.belong_to(KeyedIds(hospital.folder.ids_key).make("the record's owner"))
    return place
