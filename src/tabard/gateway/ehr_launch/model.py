"""What an opening from inside a record system comes to, as a frozen value."""

from dataclasses import dataclass

from tabard.accounts import Account, Voucher

MERGED = (
    "The record system named a registration that was merged into this one. "
    "What opens is the patient's registration that is in use."
)


@dataclass(frozen=True, slots=True)
class Opening:
    """Who comes, and on whom: exactly one patient, by the record's id, and a visit of theirs or none.

    `product` is what is to be opened, "" for the patient's page. `words` are sentences to be read before going on.
    """

    account: Account
    voucher: Voucher
    patient: str
    encounter: str | None
    product: str
    words: tuple[str, ...] = ()
