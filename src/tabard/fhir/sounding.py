"""Sounding: names that sound alike in English have one code, by American Soundex.

Each word of a name has its own, so that a double-barrelled name is found by either half; letters that English does not
have are first folded to those it has. Source: FHIR R4, search parameter `phonetic` (which algorithm is the server's own).
"""

from functools import lru_cache

from tabard.fhir.folding import fold

_DIGITS = {
    letter: digit for digit, letters in enumerate(("bfpv", "cgjkqsxz", "dt", "l", "mn", "r"), 1) for letter in letters
}
_SILENT = "hw"
_LENGTH = 4


@lru_cache(maxsize=8192)
def sounding(name: str) -> tuple[str, ...]:
    """The codes of the words in `name`, each once. Smyth and Smith both have `s530`."""
    words = fold(name).replace("-", " ").replace("'", "").split()
    letters = ("".join(each for each in word if "a" <= each <= "z") for word in words)
    return tuple(dict.fromkeys(_code(word) for word in letters if word))


def _code(word: str) -> str:
    code, last = word[0], _DIGITS.get(word[0])
    for letter in word[1:]:
        digit = _DIGITS.get(letter)
        if digit is not None and digit != last:
            code += str(digit)
        if letter not in _SILENT:
            last = digit
    return code[:_LENGTH].ljust(_LENGTH, "0")
