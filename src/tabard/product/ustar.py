"""The archive format of packages: POSIX ustar, cut down until one set of files has one sequence of bytes.

Regular files only, sorted by name, mode 0644, no times, no owners, uncompressed, two zero blocks at the end and nothing
after. Reading compares each header with the one that writing would make, so nothing else is ever accepted.
Source: POSIX.1-2017, pax, "ustar Interchange Format".
"""

from collections.abc import Mapping
from types import MappingProxyType

from tabard.product.errors import BadPackage, PackageFault
from tabard.product.names import check_names

BLOCK = 512
LARGEST_BYTES = 64 * 1024 * 1024
LARGEST_FILE_BYTES = 16 * 1024 * 1024
MOST_FILES = 5_000

_END = b"\0" * (2 * BLOCK)
_NAME, _SIZE, _SUM, _KIND, _MAGIC, _PREFIX = (
    slice(0, 100),
    slice(124, 136),
    slice(148, 156),
    slice(156, 157),
    slice(257, 263),
    slice(345, 500),
)
_KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"5": "a folder",
    b"6": "a pipe",
}


def write(files: Mapping[str, bytes]) -> bytes:
    """The archive of these files. Raises BadPackage for a bad or colliding name, and beyond the limits."""
    check_names(files)
    if len(files) > MOST_FILES:
        raise _too_many()
    pieces: list[bytes] = []
    for name in sorted(files, key=str.encode):
        content = files[name]
        if len(content) > LARGEST_FILE_BYTES:
            raise _too_large(name, len(content), LARGEST_FILE_BYTES)
        pieces += (_header(name, len(content)), content, b"\0" * (-len(content) % BLOCK))
    raw = b"".join((*pieces, _END))
    if len(raw) > LARGEST_BYTES:
        raise _too_large("package", len(raw), LARGEST_BYTES)
    return raw


def read(raw: bytes) -> Mapping[str, bytes]:
    """The files of an archive that `write` made, by name in order. Raises BadPackage for any other bytes."""
    if len(raw) > LARGEST_BYTES:
        raise _too_large("package", len(raw), LARGEST_BYTES)
    if not raw:
        raise _not_a_package()
    files: dict[str, bytes] = {}
    at, last = 0, b""
    while raw[at : at + BLOCK].strip(b"\0"):
        name, size = _entry(raw[at : at + BLOCK])
        content = raw[at + BLOCK : at + BLOCK + size]
        padded = size + -size % BLOCK
        if len(content) < size or raw[at + BLOCK + size : at + BLOCK + padded].strip(b"\0"):
            raise _not_canonical(name, "a file that is whole, filled up with zeros")
        if name.encode() <= last:
            raise _not_canonical(name, "each name once, in the order of their bytes")
        if len(files) == MOST_FILES:
            raise _too_many()
        files[name] = content
        at, last = at + BLOCK + padded, name.encode()
    if raw[at:] != _END:
        raise _not_canonical("end", "two blocks of zeros at the end and nothing after")
    check_names(files)
    return MappingProxyType(files)


def _entry(header: bytes) -> tuple[str, int]:
    """Name and size that a header tells; raises BadPackage unless it is the very header that `write` makes of the two."""
    if header[_MAGIC] not in (b"ustar\0", b"ustar ") or len(header) < BLOCK:
        raise _not_a_package()
    name, size = _name(header), _size(header)
    if header[_KIND] in _KINDS:
        raise BadPackage(
            PackageFault.not_a_file, "a package holds plain files alone", where=name, got=_KINDS[header[_KIND]]
        )
    if header[_KIND] != b"0":
        raise _not_canonical(name, "a plain file's header, no extension of the format")
    check_names([name])
    if size > LARGEST_FILE_BYTES:
        raise _too_large(name, size, LARGEST_FILE_BYTES)
    if header != _header(name, size):
        raise _not_canonical(name, "a header with nothing but name and size: no extension, time, owner or other mode")
    return name, size


def _name(header: bytes) -> str:
    prefix, name = header[_PREFIX].rstrip(b"\0"), header[_NAME].rstrip(b"\0")
    try:
        return (prefix + b"/" + name if prefix and header[_MAGIC] == b"ustar\0" else name).decode()
    except UnicodeDecodeError:
        raise BadPackage(PackageFault.bad_name, "a file's name is not UTF-8", got=ascii(name)) from None


def _size(header: bytes) -> int:
    told = header[_SIZE]
    if told[0] & 0x80:  # GNU writes sizes beyond eight gigabytes so
        return int.from_bytes(told[1:], "big")
    try:
        return int(told.rstrip(b"\0 ") or b"0", 8)
    except ValueError:
        raise _not_canonical("size", "a size in octal digits") from None


def _header(name: str, size: int) -> bytes:
    prefix, rest = _split(name.encode())
    fields = (
        rest.ljust(100, b"\0"),
        b"0000644\0" + b"0000000\0" * 2,
        b"%011o\0" % size,
        b"%011o\0" % 0,
        b" " * 8,
        b"0".ljust(101, b"\0"),
        b"ustar\x0000".ljust(72, b"\0"),
        b"\0" * 16,
        prefix.ljust(155, b"\0"),
        b"\0" * 12,
    )
    header = b"".join(fields)
    return header[: _SUM.start] + b"%06o\0 " % sum(header) + header[_SUM.stop :]


def _split(name: bytes) -> tuple[bytes, bytes]:
    """Prefix and name as ustar keeps them: the shortest prefix that leaves a name that fits, none where it fits whole."""
    if len(name) <= _NAME.stop:
        return b"", name
    at = name.find(b"/", len(name) - _NAME.stop - 1)
    if at <= 0 or at > _PREFIX.stop - _PREFIX.start:
        raise BadPackage(
            PackageFault.bad_name,
            "a file's name is too long for the archive",
            where=ascii(name.decode())[:80],
            expected="at most 100 bytes after one of its slashes and 155 before it",
            remedy="give the file, or its folder, a shorter name",
        )
    return name[:at], name[at + 1 :]


def _not_a_package() -> BadPackage:
    return BadPackage(
        PackageFault.not_a_package, "these bytes are no package", expected="a ustar archive, not compressed"
    )


def _not_canonical(where: str, expected: str) -> BadPackage:
    return BadPackage(
        PackageFault.not_canonical, "this is not the one archive of its files", where=where, expected=expected
    )


def _too_large(where: str, got: int, limit: int) -> BadPackage:
    return BadPackage(
        PackageFault.too_large,
        "this is more than a package may hold",
        where=where,
        expected=f"{limit} bytes at most",
        got=f"{got} bytes",
        remedy="leave out what the product does not need",
    )


def _too_many() -> BadPackage:
    return BadPackage(
        PackageFault.too_many_files,
        "these are more files than a package may hold",
        expected=f"{MOST_FILES} at most",
        remedy="leave out what the product does not need",
    )
