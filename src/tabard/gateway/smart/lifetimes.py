"""How long handles, codes and tokens live."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """`grant` bounds everything that one launch gave, refreshed or not: a long shift and its handover.

    `offline` is the same bound where the app may go on after the person has signed out. `asking` is how long a person may think about a patient or about consent; `service` a backend service's token.
    """

    launch: timedelta = timedelta(minutes=5)
    code: timedelta = timedelta(seconds=60)
    access: timedelta = timedelta(minutes=15)
    grant: timedelta = timedelta(hours=13)
    offline: timedelta = timedelta(days=90)
    asking: timedelta = timedelta(minutes=10)
    service: timedelta = timedelta(minutes=5)
    id_token: timedelta = timedelta(minutes=15)
