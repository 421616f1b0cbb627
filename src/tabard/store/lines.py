"""What people write, on one line each: in a page that is signed no line may look like another."""

from tabard.store.errors import NotTaken

_LONGEST = 2000


def one_line(words: str) -> str:
    """These words on one line. Raises NotTaken where they cannot stand in a decision."""
    flat = " ".join(words.split())
    if not flat or len(flat) > _LONGEST or not flat.isprintable():
        raise NotTaken(
            "these words cannot stand in a decision", expected=f"1 to {_LONGEST} characters that can be read"
        )
    return flat
