"""A filter of system calls: what no product's code needs, and what opens a socket that is not a Unix socket. Pure.

A second lock behind the namespaces: most faults of the kernel that let somebody out were behind one of these calls.
Source: Linux, Documentation/userspace-api/seccomp_filter.rst; the classic BPF of linux/filter.h; the kernel's system call tables.
"""

import struct
from dataclasses import dataclass

_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _EAFNOSUPPORT = 1, 97
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCH_AT, _FIRST_AT, _SECOND_AT = 0, 4, 16, 24
_AF_UNIX = 1
_TIOCSTI = 0x5412
_X32 = 0x40000000
"""The bit of x86-64's second table of calls, which would go round a list of numbers."""

_SINCE_5 = (425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442)
"""io_uring, the new mount calls, pidfd_getfd: numbered alike everywhere."""


@dataclass(frozen=True, slots=True)
class _Machine:
    audit: int
    socket: int
    ioctl: int
    denied: tuple[int, ...]


_MACHINES = {
    "x86_64": _Machine(
        0xC000003E,
        41,
        16,
        (
            *(101, 310, 311, 312),  # ptrace, process_vm_readv and _writev, kcmp
            *(246, 320, 175, 313, 176),  # kexec_load and _file_load, init_module, finit_module, delete_module
            *(165, 166, 155, 161, 272, 308),  # mount, umount2, pivot_root, chroot, unshare, setns
            *(321, 298, 323),  # bpf, perf_event_open, userfaultfd
            *(248, 249, 250),  # add_key, request_key, keyctl
            *(303, 304),  # name_to_handle_at, open_by_handle_at
            *(167, 168, 169, 163, 179, 172, 173, 135, 153, 164, 227, 159, 103),  # swap, reboot, clocks and their like
        ),
    ),
    "aarch64": _Machine(
        0xC00000B7,
        198,
        29,
        (
            *(117, 270, 271, 272),
            *(104, 294, 105, 273, 106),
            *(40, 39, 41, 51, 97, 268),
            *(280, 241, 282),
            *(217, 218, 219),
            *(264, 265),
            *(224, 225, 142, 89, 60, 92, 58, 170, 112, 171, 116),
        ),
    ),
}


def filter_for(machine: str) -> bytes | None:
    """The filter for a machine such as `x86_64`, as bwrap's --seccomp reads it; None where its numbers are not known here."""
    found = _MACHINES.get(machine)
    if found is None:
        return None
    steps = [
        (_LOAD, 0, 0, _ARCH_AT),
        (_EQUAL, 1, 0, found.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    if machine == "x86_64":
        steps += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    for number in (*found.denied, *_SINCE_5):
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | _EPERM)]
    steps += [
        (_EQUAL, 0, 4, found.socket),
        (_LOAD, 0, 0, _FIRST_AT),
        (_EQUAL, 1, 0, _AF_UNIX),
        (_RETURN, 0, 0, _ERRNO | _EAFNOSUPPORT),
        (_RETURN, 0, 0, _ALLOW),
        (_EQUAL, 0, 3, found.ioctl),
        (_LOAD, 0, 0, _SECOND_AT),
        (_EQUAL, 0, 1, _TIOCSTI),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
