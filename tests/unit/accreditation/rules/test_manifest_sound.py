"""manifest-sound: the manifest can be read, says what it must, and is the one that the package is known by."""

from unit.accreditation.tiny import failing, tiny, with_files


def test_a_sound_manifest_passes() -> None:
    """The tiny product fails nothing at all."""
    assert failing(tiny()) == {}


def test_what_a_manifest_owes_is_asked_for_at_its_key() -> None:
    """A product that does not say what it is for fails this rule alone."""
    silent = tiny(
        manifest={'intended_use = "Nurses see who is on the ward. It is for no decision on treatment."\n': ""}
    )
    assert failing(silent) == {"manifest-sound": ["fail tabard.toml intended_use"]}


def test_every_fault_of_a_manifest_is_a_finding() -> None:
    """Five faults are five findings, each at its key."""
    bad = b'id = "T"\nname = ""\nversion = "1"\npublisher = "r"\nparts = 1\n'
    told = failing(with_files(tiny(), {"tabard.toml": bad}))["manifest-sound"]
    assert {one.split()[-1] for one in told} >= {"id", "name", "version", "publisher", "parts"}


def test_the_manifest_is_the_one_the_package_is_known_by() -> None:
    """Another manifest in the files than the package was read by does not pass."""
    package = tiny()
    other = package.files["tabard.toml"].replace(b'"Tiny"', b'"Teeny"')
    assert "manifest-sound" in failing(with_files(package, {"tabard.toml": other}))


def test_a_manifest_that_is_no_toml_is_told_once() -> None:
    """What cannot be read at all is one finding, not an error of ours."""
    assert failing(with_files(tiny(), {"tabard.toml": b"="}))["manifest-sound"] == ["fail tabard.toml"]
