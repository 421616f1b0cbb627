"""Which of two versions is newer: three numbers, compared one by one."""


def as_numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version that a manifest's reader let pass, such as 1.10.0."""
    return tuple(map(int, version.split(".")))
