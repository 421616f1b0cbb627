"""Folding: two spellings that a reader takes for the same name become the same text.

Case, accents, kinds of apostrophe and hyphen, and runs of spaces make no difference; letters that Unicode does not
take apart (ł, ø, ß, æ, ...) are spelt as a British keyboard would. Source: FHIR R4 3.1.1.4.8 (string).
"""

import unicodedata

_SPELT = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h", "ŧ": "t",
        "\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u0060": "'", "\u00b4": "'",
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """`text` as it is compared: `fold("Łukasz O'BRIEN") == "lukasz o'brien"`. Folding twice changes nothing."""
    if text.isascii():
        return " ".join(text.casefold().replace("`", "'").split())
    apart = unicodedata.normalize("NFKD", text.translate(_SPELT)).casefold().translate(_SPELT)
    bare = "".join(each for each in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(each))
    return " ".join(bare.split())
