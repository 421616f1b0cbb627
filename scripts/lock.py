"""Write the locks of the Python parts anew: exact versions, hashes, and no registry address.

Run as `make lock` after changing dependencies in pyproject.toml or requirements/*.in.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKS = {
    "setup.txt": ["requirements/setup.in"],
    "node.txt": ["requirements/node.in"],
    "runtime.txt": ["pyproject.toml", "--extra", "checks", "--extra", "postgresql"],
    "../src/tabard/accreditation/checkers.txt": ["requirements/checkers.in"],
    "dev.txt": [
        "pyproject.toml",
        *(f"--extra={one}" for one in ("checks", "pdf", "pkcs11", "postgresql")),
        "--group=dev",
    ],
}
OPTIONS = [
    "--quiet",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--universal",
    "--python-version",
    "3.11",
]


def main() -> None:
    """Compile each lock from its sources."""
    for lock, sources in LOCKS.items():
        command = ["uv", "pip", "compile", *OPTIONS, *sources, "--output-file", f"requirements/{lock}", *sys.argv[1:]]
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603  a fixed command of this project
        print(f"requirements/{lock}")


if __name__ == "__main__":
    main()
