"""A package is the one sequence of bytes of its files: every other archive of the same files is refused, and every trick."""

import gzip
import io
import tarfile
from hashlib import sha256

import pytest
from hypothesis import given, settings, strategies as st

from tabard.product import BadPackage, PackageFault, pack, read_package, ustar
from unit.product import made

NAME = st.from_regex(r"[a-z0-9é_-]{1,9}(/[a-z0-9é_-]{1,9}){0,3}", fullmatch=True)
RAW = pack(made.FILES)


def reason_of(raw: bytes) -> PackageFault:
    with pytest.raises(BadPackage) as caught:
        read_package(raw)
    assert str(caught.value)
    return caught.value.reason


def archive(*members: tarfile.TarInfo | tuple[str, bytes], kind: int = tarfile.USTAR_FORMAT) -> bytes:
    """An archive as tar would write it, cut to the end that ours have."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as tar:
        for member in members:
            info, content = (member, b"") if isinstance(member, tarfile.TarInfo) else (entry(member[0]), member[1])
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        end = tar.offset
    return out.getvalue()[:end] + b"\0" * 1024


def entry(name: str, **fields: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.mode = 0o644
    for key, value in fields.items():
        setattr(info, key, value)
    return info


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.dictionaries(NAME, st.binary(max_size=1500), max_size=6))
def test_what_is_packed_comes_back(files: dict[str, bytes]) -> None:
    """Files, names and order survive; and packing what was read gives the same bytes again."""
    try:
        raw = pack(files)
    except BadPackage:
        return
    read = ustar.read(raw)
    assert dict(read) == files
    assert list(read) == sorted(files, key=str.encode)
    assert pack(read) == raw


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
def test_one_changed_byte_is_another_package_or_none(at: int, by: int) -> None:
    """Whatever byte is changed, the bytes are refused, or are the one archive of other files."""
    changed = bytearray(RAW)
    changed[at] = (changed[at] + by) % 256
    try:
        package = read_package(bytes(changed))
    except BadPackage:
        return
    assert package.sha256 != sha256(RAW).hexdigest()
    assert pack(package.files) == bytes(changed)


def test_a_package_is_known_by_its_bytes() -> None:
    """Digest, size, name and manifest are those of the bytes."""
    package = read_package(RAW)
    assert (package.sha256, package.size_bytes) == (sha256(RAW).hexdigest(), len(RAW))
    assert package.file_name == "tiny-1.2.0.tabard"
    assert package.manifest.id == "tiny"
    assert dict(package.files) == made.FILES


def test_any_tar_reads_a_package() -> None:
    """The format is POSIX ustar: nobody needs Tabard to look into a package."""
    with tarfile.open(fileobj=io.BytesIO(RAW)) as tar:
        assert tar.getnames() == sorted(made.FILES)
    long = "a" * 150 + "/" + "b" * 99
    with tarfile.open(fileobj=io.BytesIO(pack({long: b"x"}))) as tar:
        assert tar.getnames() == [long]


def test_tar_can_write_one() -> None:
    """Our bytes are those that tar writes of plain entries in order: the format is not a private one."""
    assert archive(*sorted(made.FILES.items())) == RAW


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "a/../../evil",
        "./a",
        "/etc/passwd",
        "a//b",
        "a/",
        "",
        "a\\b",
        "c:evil",
        "a\nb",
        "a\0b",
        "a\u202eb",
        ".git/config",
        "a/.hidden",
        "nul",
        "a/COM1.txt",
        "dot.",
        " a",
        "a  b",
        "e\u0301",
        "\u212bngstrom",
        "x" * 256,
        "x" * 101,
        "a*b",
    ],
)
def test_a_name_that_could_lead_elsewhere_is_neither_packed_nor_read(name: str) -> None:
    """Traversal, absolute paths, backslashes, controls, hidden and device names, and names not in NFC."""
    with pytest.raises(BadPackage) as caught:
        pack({**made.FILES, name: b""})
    assert caught.value.reason is PackageFault.bad_name
    if name and "\0" not in name and len(name) < 100 and not name.endswith("/"):
        assert reason_of(archive(*sorted({**made.FILES, name: b"x"}.items()))) is PackageFault.bad_name


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../evil", "a path that leads elsewhere"),
        ("/etc/passwd", "an absolute path"),
        ("\u212bngstrom", "letters put together in another way than NFC"),
    ],
)
def test_a_bad_name_is_told_before_all_else_that_is_wrong(name: str, told: str) -> None:
    """The reader hears of the attack, not of the mode that the attacker's tar wrote."""
    with pytest.raises(BadPackage) as caught:
        read_package(archive(entry(name, mode=0o777, mtime=9), *sorted(made.FILES.items())))
    assert (caught.value.reason, caught.value.got) == (PackageFault.bad_name, told)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Index.html", "index.html"), ("A/x", "a/y"), ("straße", "strasse"), ("a", "a/b"), ("ﬁle", "file")],
)
def test_names_that_collide_are_neither_packed_nor_read(one: str, other: str) -> None:
    """Two names that some file system takes for one, by case or by how letters are put together; or a file and a folder."""
    files = {**made.FILES, one: b"1", other: b"2"}
    with pytest.raises(BadPackage) as caught:
        pack(files)
    assert caught.value.reason is PackageFault.colliding_names
    assert reason_of(archive(*sorted(files.items(), key=lambda f: f[0].encode()))) is PackageFault.colliding_names


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_what_is_no_plain_file_is_refused(kind: bytes) -> None:
    """Links, devices, pipes and folders."""
    raw = archive(entry("a", type=kind, linkname="/etc/passwd"), *sorted(made.FILES.items()))
    assert reason_of(raw) is PackageFault.not_a_file


@pytest.mark.parametrize(
    "fields",
    [
        {"mode": 0o755},
        {"mtime": 1},
        {"uid": 1},
        {"gid": 1},
        {"uname": "root"},
        {"gname": "root"},
        {"type": tarfile.AREGTYPE},
        {"type": tarfile.CONTTYPE},
        {"type": b"x"},
        {"type": b"L"},
        {"linkname": "x"},
    ],
)
def test_any_other_header_is_refused(fields: dict[str, object]) -> None:
    """Another mode, time, owner or kind of entry: one set of files has one package."""
    raw = archive(entry("aaa", **fields), *sorted(made.FILES.items()))
    assert reason_of(raw) is PackageFault.not_canonical


def test_another_order_or_a_name_twice_is_refused() -> None:
    """Entries stand in the order of their names' bytes, each once."""
    assert reason_of(archive(*sorted(made.FILES.items(), reverse=True))) is PackageFault.not_canonical
    assert reason_of(archive(*sorted([*made.FILES.items(), ("index.html", b"2")]))) is PackageFault.not_canonical


@pytest.mark.parametrize("kind", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_extensions_of_the_format_are_refused(kind: int) -> None:
    """PAX and GNU headers can rename and resize what follows."""
    long = ("x" * 60 + "/") * 3 + "x" * 120
    assert reason_of(archive((long, b"x"), *sorted(made.FILES.items()), kind=kind)) in (
        PackageFault.not_canonical,
        PackageFault.not_a_package,
    )


def test_what_stands_after_the_end_is_refused() -> None:
    """Nothing hides behind the two blocks of zeros, and none of them is missing."""
    for raw in (RAW + b"\0", RAW + b"x", RAW + b"\0" * 512, RAW[:-1], RAW[:-512], RAW[:-1024], RAW + RAW):
        assert reason_of(raw) is PackageFault.not_canonical


def test_padding_holds_nothing() -> None:
    """The room between a file's end and the next header is zeros."""
    at = RAW.index(b"// theirs") + len(b"// theirs")
    assert reason_of(RAW[:at] + b"!" + RAW[at + 1 :]) is PackageFault.not_canonical


@pytest.mark.parametrize("raw", [b"", b"x", gzip.compress(RAW), b"PK\x03\x04" + b"\0" * 600, b"x" * 2000])
def test_what_is_no_archive_is_refused(raw: bytes) -> None:
    """A compressed archive is none either: what it unpacks to is nobody's promise."""
    assert reason_of(raw) is PackageFault.not_a_package


def test_a_header_that_claims_gigabytes_is_refused_before_anything_is_read() -> None:
    """In octal digits, and in the binary form that GNU tar uses beyond eight gigabytes."""
    huge = archive(entry("a"))[:512]
    for size in (b"77777777777\0", b"\x80" + (2**40).to_bytes(11, "big")):
        header = huge[:124] + size + huge[136:]
        assert reason_of(header + b"\0" * 1024) is PackageFault.too_large


def test_limits_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many files, a file too large, a package too large: refused when packed and when read."""
    many = pack({**made.FILES, **{f"n{n}": b"" for n in range(3)}})
    for limit, at_most, reason in (
        ("MOST_FILES", 7, PackageFault.too_many_files),
        ("LARGEST_FILE_BYTES", 8, PackageFault.too_large),
        ("LARGEST_BYTES", len(many) - 1, PackageFault.too_large),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(ustar, limit, at_most)
            assert reason_of(many) is reason
            with pytest.raises(BadPackage) as caught:
                pack({**made.FILES, **{f"n{n}": b"" for n in range(3)}})
            assert caught.value.reason is reason


def test_limits_are_what_the_docs_say() -> None:
    """64 MiB whole, 16 MiB a file, 5,000 files."""
    assert (ustar.LARGEST_BYTES, ustar.LARGEST_FILE_BYTES, ustar.MOST_FILES) == (2**26, 2**24, 5000)


def test_a_package_without_a_sound_manifest_is_refused() -> None:
    """No manifest, or one with faults, which are told."""
    files = {name: content for name, content in made.FILES.items() if name != "tabard.toml"}
    assert reason_of(pack(files)) is PackageFault.bad_manifest
    with pytest.raises(BadPackage, match=r"(?s)version.*part\[0\]\.launch") as caught:
        read_package(
            pack({**files, "tabard.toml": made.MANIFEST.replace("1.2.0", "x").replace("launch.html", "y").encode()})
        )
    assert caught.value.reason is PackageFault.bad_manifest
