"""The schema of `hospital.db`, in numbered steps counted in the file's own `user_version`.

A step, once released, is never edited: changes are added as further steps. The first makes what Tabards before the
count had made, so that their files are counted from there and lose no row.
"""

from sqlalchemy import Connection, Engine

from tabard.ground.errors import CallerError

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE IF NOT EXISTS install (
            id VARCHAR NOT NULL PRIMARY KEY, title TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
            publisher TEXT NOT NULL, context TEXT NOT NULL, folder TEXT NOT NULL, digest TEXT NOT NULL,
            launch TEXT NOT NULL, start TEXT NOT NULL, scopes TEXT NOT NULL, installed_us BIGINT NOT NULL)""",
    ),
    (
        "ALTER TABLE install ADD COLUMN state TEXT NOT NULL DEFAULT 'active'",
        "ALTER TABLE install ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE install ADD COLUMN words TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE install ADD COLUMN remedy TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE install ADD COLUMN sha256 TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE install ADD COLUMN evidence INTEGER",
        "ALTER TABLE install ADD COLUMN manifest TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE install ADD COLUMN files TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE install ADD COLUMN owed INTEGER NOT NULL DEFAULT 0",
        """CREATE TABLE evidence (
            seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, product TEXT NOT NULL, version TEXT NOT NULL,
            sha256 TEXT NOT NULL, decision BLOB NOT NULL, release BLOB NOT NULL, told TEXT NOT NULL,
            verified_us BIGINT NOT NULL, ended_us BIGINT, ended TEXT NOT NULL DEFAULT '')""",
        "CREATE INDEX evidence_of_product ON evidence (product, seq)",
    ),
    (
        """CREATE TABLE IF NOT EXISTS client (
            id VARCHAR NOT NULL PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, launch_uri TEXT NOT NULL,
            redirect_uris TEXT NOT NULL, origin TEXT, scopes TEXT NOT NULL, secret_digest TEXT, jwks TEXT,
            jwks_uri TEXT, is_patient_facing INTEGER NOT NULL, registered_us BIGINT NOT NULL, removed_us BIGINT,
            owed INTEGER NOT NULL DEFAULT 0)""",
    ),
)


def prepare(engine: Engine) -> None:
    """Bring the file up to date, by all steps that it has not had or by none.

    Raises CallerError when it has had more steps than there are: it was written by a newer Tabard.
    """
    with engine.begin() as connection:
        done = _version(connection)
        if done > len(STEPS):
            raise CallerError(
                "hospital.db was written by a newer Tabard",
                where=str(engine.url.database),
                expected=f"schema {len(STEPS)} or older",
                got=f"schema {done}",
                remedy="run the newer Tabard, or restore the copy taken before the upgrade",
            )
        for step in STEPS[done:]:
            for statement in step:
                connection.exec_driver_sql(statement)
        if done < len(STEPS):
            connection.exec_driver_sql(f"PRAGMA user_version = {len(STEPS)}")


def _version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
