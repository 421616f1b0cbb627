"""The bad days that are drilled: for each, what a centre does and what its hospitals see."""

from collections.abc import Callable, Mapping
from functools import partial

from tabard.catalogue import roles
from tabard.catalogue.drills.ground import Ground
from tabard.catalogue.errors import NotPublished
from tabard.catalogue.model import Level, Recall
from tabard.catalogue.public import write_files
from tabard.catalogue.rotation import ONLINE, Rotation
from tabard.ground.errors import CallerError, TabardError
from tabard.ground.keys import new_signing_key

_FAR = 2**30
_PRODUCT = "drill"


def lost_key(role: str, at: Ground) -> None:
    """One key of an offline role is gone: the others take it off, and a new one comes in."""
    lost, *rest = at.keys[role]
    at.say(
        f"Somebody's {role} key is lost.", f"{len(rest)} of {len(rest) + 1} are left, {roles.threshold(role)} must sign"
    )
    at.looks("A hospital looks.")
    root, targets = at.keys[roles.ROOT], at.keys[roles.TARGETS]
    signers = [one for one in (*root, *targets) if one is not lost]
    status = at.rotate(role, signers, [lost.public.keyid])
    at.say(
        "The holders of the other keys take it off and put a new one on.", _told(status.missing), is_well=status.is_done
    )
    ids = Rotation(at.folder, at.clock).keyids(role)
    at.say(
        "The lost key turns up again, in whosever hands.",
        "it counts for nothing" if lost.public.keyid not in ids else "it still counts",
        is_well=lost.public.keyid not in ids,
    )
    at.looks("The hospital looks again.")
    at.looks("A new hospital pins the first root and looks.", name="new")


def lost_online_key(role: str, at: Ground) -> None:
    """A key of the store's own is gone with its disk: the people with offline keys name a new one."""
    at.looks("A hospital looks.")
    (at.folder / f"keys/{role}.pem").unlink()
    try:
        at.publishing.refresh()
        at.publishing.renew(roles.RECALL, at.keys[roles.RECALL][:1])
    except TabardError as fault:
        at.say(f"The store's {role} key is lost: it signs nothing more.", fault.message)
    else:
        at.say(f"The store's {role} key is lost.", "it signed all the same", is_well=False)
    status = at.rotate(role, [*at.keys[roles.ROOT], *at.keys[roles.TARGETS]])
    at.say(
        "The holders of root and targets keys name a new one, made at the store.",
        _told(status.missing),
        is_well=status.is_done,
    )
    at.looks("The hospital looks again.")


def stolen_online(at: Ground) -> None:
    """Every key of the store is stolen: new ones are made, and what the thief signs is believed no more."""
    stolen = at.online()
    at.looks("A hospital looks.")
    thief = at.thief(stolen)
    try:
        thief.sign(roles.TARGETS, list(stolen.values()))
    except NotPublished:
        at.say("The thief tries to name an accreditor.", "no online key can: packages that nobody judged stay refused")
    else:
        at.say("The thief tries to name an accreditor.", "the stolen keys sufficed", is_well=False)
    status = at.rotate(ONLINE, [*at.keys[roles.ROOT], *at.keys[roles.TARGETS]])
    at.say(
        "The holders of root and targets keys replace all online keys at once.",
        _told(status.missing),
        is_well=status.is_done,
    )
    at.looks("The hospital looks again.")
    at.thief(stolen).publish()
    at.looks("The thief signs a timestamp with the stolen keys and hands it out.", is_believed=False)
    at.publishing.renew(roles.RECALL, at.keys[roles.RECALL][:1])
    at.looks("The store signs anew; the hospital looks.")


def fast_forward(at: Ground) -> None:
    """The thief makes the versions run far ahead, so that honest ones look old: new keys end that too."""
    at.looks("A hospital looks.")
    kept = (at.folder / "public/metadata/timestamp.json").read_bytes()
    thief = at.thief(at.online())
    thief.hurry(_FAR)
    thief.publish()
    at.looks("A thief of the store's keys signs version 1,073,741,824; the hospital takes it.")
    write_files({at.folder / "public/metadata/timestamp.json": kept})
    at.looks("The honest timestamp is handed out again.", is_believed=False)
    status = at.rotate(ONLINE, [*at.keys[roles.ROOT], *at.keys[roles.TARGETS]])
    at.say(
        "The holders of root and targets keys replace all online keys.", _told(status.missing), is_well=status.is_done
    )
    at.looks("The hospital looks again: what the old keys signed counts for nothing.")


def stolen_recall(at: Ground) -> None:
    """A recall key is stolen and used: the recall holds until those who accredit undo it, and the key is taken off."""
    stolen, *rest = at.keys[roles.RECALL]
    recall = Recall("drill", _PRODUCT, (), Level.stop, "False.", "None.", at.clock())
    at.publishing.recall(recall, stolen)
    at.looks("A thief of a recall key recalls a product; a hospital obeys, as it must.")
    at.say(
        "The product stands still at every site.",
        "no key alone undoes it: the accreditors sign `tabard catalogue reinstate`",
    )
    signers = at.keys[roles.TARGETS]
    status = at.rotate(roles.RECALL, [*signers, *rest], [stolen.public.keyid])
    at.say("The holders of the targets keys take the key off.", _told(status.missing), is_well=status.is_done)
    try:
        at.publishing.recall(Recall("again", _PRODUCT, (), Level.stop, "False.", "None.", at.clock()), stolen)
    except NotPublished:
        at.say("The thief recalls again.", "refused: the key may not speak any more")
    else:
        at.say("The thief recalls again.", "it was taken", is_well=False)
    at.looks("The hospital looks again.")
    holds = any(one.id == "drill" for one in at.site().recalls())
    at.say(
        "Is the false recall gone by itself?",
        "no, it holds until it is undone" if holds else "it is gone",
        is_well=holds,
    )


def half_done(at: Ground) -> None:
    """A change of root keys is signed by one person today and by the other tomorrow; in between the store goes on."""
    rotation, root = Rotation(at.folder, at.clock), at.keys[roles.ROOT]
    lost, made = root[0], new_signing_key()
    new = [made.public]
    rotation.begin(roles.ROOT, new, [lost.public.keyid])
    status = rotation.sign([root[1]])
    at.say(
        "One of two people has signed a change of root keys; the other is away.",
        _told(status.missing),
        is_well=not status.is_done,
    )
    at.publishing.renew(roles.RECALL, at.keys[roles.RECALL][:1])
    at.looks("Meanwhile a recall key signs, and a hospital looks.")
    try:
        rotation.begin(roles.ROOT, new, [lost.public.keyid])
    except CallerError as fault:
        at.say("Somebody begins another change.", f"refused: {fault.message}")
    else:
        at.say("Somebody begins another change.", "two at once", is_well=False)
    status = Rotation(at.folder, at.clock).sign([root[2], made])
    at.say("The next day the other signs, at another machine.", _told(status.missing), is_well=status.is_done)
    at.looks("The hospital looks again.")


def lost_root(at: Ground) -> None:
    """Too many root keys are lost: nothing can be signed any more, and hospitals must pin a new root by hand."""
    left = at.keys[roles.ROOT][:1]
    rotation = Rotation(at.folder, at.clock)
    lost = [key.public.keyid for key in at.keys[roles.ROOT][1:]]
    made = [new_signing_key() for _ in lost]
    rotation.begin(roles.ROOT, [key.public for key in made], lost)
    status = rotation.sign([*left, *made])
    at.say("Two of three root keys are lost; the third signs alone.", _told(status.missing), is_well=not status.is_done)
    rotation.abandon()
    at.looks("A hospital looks: the present root holds until its time is over.")
    days = (at.publishing.expiries()[roles.ROOT] - at.clock()).days
    at.say(
        "There is no way inside the system: that is what the threshold means.",
        f"begin a new catalogue, publish the same decisions in it, and have every hospital pin the new root by hand within {days} days",
    )


def store_lost(at: Ground) -> None:
    """The store's disk is gone; the public files come back from a mirror, the keys are new."""
    at.looks("A hospital looks.")
    for role in roles.ONLINE:
        (at.folder / f"keys/{role}.pem").unlink()
    at.say(
        "The store burns. Its public files come back from any mirror: they need not be believed, they are verified.",
        "its own keys are gone for good",
    )
    status = at.rotate(ONLINE, [*at.keys[roles.ROOT], *at.keys[roles.TARGETS]])
    at.say("The holders of root and targets keys name new online keys.", _told(status.missing), is_well=status.is_done)
    at.looks("The hospital looks again.")


def _told(missing: object) -> str:
    return "signed by enough and published" if not missing else "not enough yet: nothing changes"


BAD_DAYS: Mapping[str, Callable[[Ground], None]] = {
    **{f"lost-{role}": partial(lost_key, role) for role in (roles.ROOT, roles.RECALL)},
    **{f"lost-{role}": partial(lost_online_key, role) for role in roles.ONLINE},
    f"lost-{roles.TARGETS}": partial(lost_key, roles.TARGETS),
    "lost-root-majority": lost_root,
    "stolen-online": stolen_online,
    "stolen-recall": stolen_recall,
    "fast-forward": fast_forward,
    "half-done": half_done,
    "store-lost": store_lost,
}
"""Each bad day by its name."""
