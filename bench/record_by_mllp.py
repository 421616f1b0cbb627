"""MLLP to searchable, turn by turn with the record on SQLite and on PostgreSQL: bench/applying.py for each in one run.

Run: python bench/record_by_mllp.py [MESSAGES]
"""

import runpy
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROUNDS = 2


def main() -> None:
    """Print the figures of each run."""
    messages = sys.argv[1] if len(sys.argv) > 1 else "4000"
    program = [sys.executable, str(HERE / "applying.py"), "--messages", messages]
    with runpy.run_path(str(HERE / "record.py"))["postgresql"]() as fresh:
        for _ in range(ROUNDS):
            for engine, more in (("SQLite", []), ("PostgreSQL", ["--postgresql", fresh().url])):
                print(f"== {engine}", flush=True)
                subprocess.run([*program, *more], check=True)  # noqa: S603  our own program


if __name__ == "__main__":
    main()
