"""The publisher, who is the product's manufacturer, is named by its ODS code.

Source: DCB0129 4.2, 1.3 (who the manufacturer is); the Organisation Data Service.
"""

import re
from collections.abc import Iterator

from tabard.accreditation.found import failed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.product import FILE_NAME

FAMILY = Family.package
CRITERIA = ("dcb0129-4.2/2.1.1", "tabard/publisher-named")

_ODS = re.compile(r"[A-Z0-9]{3,10}")


def check(subject: Subject) -> Iterator[Found]:
    """Look at the code's form; whether the organisation stands behind it is known by the key that signs the release."""
    publisher = subject.package.manifest.publisher
    looked_at = sha256(subject.package.files[FILE_NAME])
    if _ODS.fullmatch(publisher):
        yield passed(f"{FILE_NAME} publisher", f"{publisher} is the manufacturer", looked_at)
    else:
        remedy = "give the code of your organisation"
        yield failed(f"{FILE_NAME} publisher", "an ODS code such as RZZ", publisher or "nothing", remedy, looked_at)
