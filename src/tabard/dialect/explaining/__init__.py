"""Explaining: which fields and which keys of the dialect make each element of a translation, found by trying.

Nothing here knows how translation works. Each thing that the message holds and each key of the dialect is varied, the
message is translated again, and what changed was made by it. So an explanation cannot say what is not so.
"""

from tabard.dialect.explaining.explanation import Explained, Explanation
from tabard.dialect.explaining.trials import explain

__all__ = ["Explained", "Explanation", "explain"]
