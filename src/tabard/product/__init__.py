"""Product: its manifest, its package, its release; pure but for reading a folder."""

from tabard.product.building import build, left_out
from tabard.product.errors import BadManifest, BadPackage, BadRelease, PackageFault, ReleaseFault
from tabard.product.manifest import FILE_NAME, owed, parse_manifest, read_manifest
from tabard.product.model import (
    Allow,
    CareSetting,
    Component,
    Context,
    Declared,
    DeviceClass,
    Hook,
    Kind,
    Manifest,
    Outside,
    Part,
    SafetyOfficer,
    Server,
    Service,
    User,
)
from tabard.product.package import Package, pack, read_package
from tabard.product.policy import policy_of
from tabard.product.release import Release, check_release, sign_release
from tabard.product.sbom import SBOM_NAME, purl_of, sbom_of
from tabard.product.schema import MANIFEST_SCHEMA
from tabard.product.starting import hook_starter, starter
from tabard.product.touching import Touch, touch, touched, touches
from tabard.product.ustar import LARGEST_BYTES
from tabard.product.wheels import LOCK, WHEELS, Locked, normal, read_lock, told_by, wheel_faults, wheels_of

__all__ = [
    "FILE_NAME",
    "LARGEST_BYTES",
    "LOCK",
    "MANIFEST_SCHEMA",
    "SBOM_NAME",
    "WHEELS",
    "Allow",
    "BadManifest",
    "BadPackage",
    "BadRelease",
    "CareSetting",
    "Component",
    "Context",
    "Declared",
    "DeviceClass",
    "Hook",
    "Kind",
    "Locked",
    "Manifest",
    "Outside",
    "Package",
    "PackageFault",
    "Part",
    "Release",
    "ReleaseFault",
    "SafetyOfficer",
    "Server",
    "Service",
    "Touch",
    "User",
    "build",
    "check_release",
    "hook_starter",
    "left_out",
    "normal",
    "owed",
    "pack",
    "parse_manifest",
    "policy_of",
    "purl_of",
    "read_lock",
    "read_manifest",
    "read_package",
    "sbom_of",
    "sign_release",
    "starter",
    "told_by",
    "touch",
    "touched",
    "touches",
    "wheel_faults",
    "wheels_of",
]
