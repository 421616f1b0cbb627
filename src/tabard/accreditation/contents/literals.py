"""The texts that a file of code says, each with its line, without comments and without what documents it.

Python is read by its own parser; JavaScript by its marks, which mistake a quote within a regular expression for a text's
beginning until the line ends: no harm where texts are only searched.
"""

import ast
import re
from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SERVERS, kind_of
from tabard.accreditation.contents.references import lines_of

_SCRIPT = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)|\"((?:\\.|[^\"\\\n])*)\"|'((?:\\.|[^'\\\n])*)'|`((?:\\.|[^`\\])*)`", re.DOTALL
)
_Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def literals(name: str, text: str) -> Iterator[tuple[int, str]]:
    """Line (from 1) and words of each text in a file of code. What is put into a template at run time reads `{}`."""
    if kind_of(name) not in SERVERS:
        yield from _of_script(text)
        return
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # told by the rule that every file of code was read
    yield from _of_python(tree)


def _of_script(text: str) -> Iterator[tuple[int, str]]:
    line = lines_of(text)
    for found in _SCRIPT.finditer(text):
        if found.lastindex:
            yield line(found.start()), re.sub(r"\$\{[^}]*\}", "{}", found[found.lastindex])


def _of_python(tree: ast.Module) -> Iterator[tuple[int, str]]:
    documents = {id(one) for node in ast.walk(tree) if isinstance(node, _Documented) for one in _docstring(node)}
    within = {id(one) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for one in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(one.value if _is_text(one) else "{}" for one in node.values)  # type: ignore[attr-defined]
        elif _is_text(node) and id(node) not in documents | within:
            yield node.lineno, node.value  # type: ignore[attr-defined]


def _docstring(node: _Documented) -> Iterator[ast.AST]:
    if node.body and isinstance(node.body[0], ast.Expr):
        yield node.body[0].value


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
