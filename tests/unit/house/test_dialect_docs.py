"""The dialect that the docs show can be read."""

import re
from pathlib import Path

from tabard.dialect import Event, load

PAGE = Path(__file__).parents[3] / "docs/look-up/dialects.md"


def test_the_example_of_a_site_s_dialect_loads(tmp_path: Path) -> None:
    """Whoever copies the page's example has a dialect that says what the page says."""
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "st-elsewhere.toml").write_text(example)
    dialect = load(str(tmp_path / "st-elsewhere.toml"))
    assert (dialect.locations.ward, dialect.locations.bed) == (3, 2)
    assert dialect.events["ADT^A34"] is Event.merge
    assert dialect.events["ADT^A01"] is Event.admit, "what the base says is kept"
