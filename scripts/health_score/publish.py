"""Publication: the finished marts go to a new version, then one link is switched.

    serve/health.duckdb -> current/health.duckdb
    serve/current -> versions/<version>, which also has parquet/<mart>.parquet

A version is written under a hidden name and renamed when it is whole, so every
folder in versions/ that is not hidden is complete. Readers never see a file change.
"""

import os
import re
import shutil
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from .exits import CRASH, Problem
from .project import Project

FILE = "health.duckdb"
CURRENT = "current"
UNFINISHED = ".unfinished-"
NEW_LINK = ".new-link"
PUBLICATION = "publication"


@dataclass(frozen=True)
class Published:
    """One version: its name, its DuckDB file, and rows per mart."""

    version: str
    file: Path
    rows: dict


def publish(warehouse, serve, marts=None, keep=Project.keep):
    """Copy the schema `marts` of `warehouse` into a new version of `serve` and switch to it.

    `marts` are the names to copy (default: all that are there), `keep` is how many versions
    stay. A mart or a publication row that is missing, and a copy that differs from what was
    built, are Problems, and then readers keep the version they had. Returns the Published.
    """
    import duckdb

    with duckdb.connect(str(warehouse), read_only=True) as source:
        present = mart_names(source)
        version = version_of(source, present)
    wanted = sorted(present if marts is None else marts)
    missing = sorted(set(wanted) - set(present))
    if missing:
        raise Problem(CRASH, f"{warehouse.name} lacks the marts {', '.join(missing)}.")
    versions = serve / "versions"
    final, work = versions / version, versions / f"{UNFINISHED}{version}"
    if final.exists():
        raise Problem(CRASH, f"The version {version} is already published; run again.")
    versions.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(work, ignore_errors=True)
    (work / "parquet").mkdir(parents=True)
    built = copy_marts(warehouse, work, wanted)
    verify(work / FILE, built)
    seal(work)
    os.rename(work, final)
    sync(versions)
    switch(serve, version)
    prune(serve, keep)
    return Published(version, final / FILE, {name: rows for name, (rows, _) in built.items()})


def mart_names(connection):
    rows = connection.execute(
        "select table_name from information_schema.tables where table_schema = 'marts'"
    ).fetchall()
    return sorted(name for (name,) in rows)


def version_of(connection, present):
    """The version that the mart `publication` names: letters, digits, dots and dashes."""
    rows = []
    if PUBLICATION in present:
        rows = connection.execute("select version from marts.publication").fetchall()
    if len(rows) != 1 or not re.fullmatch(r"[A-Za-z0-9][\w.-]*", str(rows[0][0])):
        raise Problem(CRASH, "The mart publication must hold one row that names the version.")
    return rows[0][0]


def copy_marts(warehouse, folder, names):
    """Write health.duckdb and Parquet into `folder`; returns mart -> (rows, fingerprint)."""
    import duckdb

    built = {}
    instant = datetime.now(timezone.utc).strftime("timestamp '%Y-%m-%d %H:%M:%S'")
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = true")
        connection.execute(f"attach '{quoted(warehouse)}' as built (read_only)")
        connection.execute(
            f"attach '{quoted(folder / FILE)}' as copy_of (storage_version 'v1.0.0')"
        )
        connection.execute("create schema copy_of.marts")
        for name in names:
            rows = f'(select * from built.marts."{name}")'
            if name == PUBLICATION:
                rows = f'(select * replace ({instant} as published_at) from built.marts."{name}")'
            built[name] = fingerprint(connection, rows)
            connection.execute(f'create table copy_of.marts."{name}" as {rows}')
            parquet = quoted(folder / "parquet" / f"{name}.parquet")
            connection.execute(
                f"copy {rows} to '{parquet}' "
                "(format parquet, compression zstd, compression_level 1)"
            )
        connection.execute("detach copy_of")
    return built


def verify(file, built):
    """Reopen the copy as a reader does and compare every mart with what was built."""
    import duckdb

    with duckdb.connect(str(file), read_only=True) as reader:
        for name, expected in built.items():
            found = fingerprint(reader, f'marts."{name}"')
            if found != expected:
                raise Problem(
                    CRASH,
                    f"The copy of {name} differs from what was built "
                    f"({found[0]:,} of {expected[0]:,} rows); is the disk sound?",
                )


def fingerprint(connection, relation):
    """(rows, sum of row hashes): reads every value, whatever the order of rows."""
    return connection.execute(
        f"select count(*), sum(hash(published_row)) from {relation} as published_row"
    ).fetchone()


def quoted(path):
    return str(path).replace("'", "''")


def seal(folder):
    """Make the files of a version read-only and durable."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            path.chmod(0o444)
            sync(path)
    for path in (folder / "parquet", folder):
        sync(path)


def sync(path):
    """Flush a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def switch(serve, version):
    """Point serve/current at a version in one atomic step; serve/health.duckdb leads through it."""
    relink(serve / CURRENT, f"versions/{version}")
    relink(serve / FILE, f"{CURRENT}/{FILE}")
    sync(serve)


def relink(link, target):
    """Make `link` lead to `target`, relative to its folder; no reader finds it absent."""
    if link.is_symlink() and os.readlink(link) == target:
        return
    new = link.with_name(NEW_LINK)
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    os.replace(new, link)


def current_version(serve):
    """The name of the version that readers see, None before the first publication."""
    file = serve / FILE
    return Path(os.path.realpath(file)).parent.name if file.exists() else None


def kept_versions(serve):
    """The folders of the whole versions, oldest first."""
    folder = serve / "versions"
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if not path.name.startswith("."))


def days(file):
    """ISO score dates whose history is published; none where nothing is."""
    import duckdb

    if not file.exists():
        return set()
    with duckdb.connect(str(file), read_only=True) as connection:
        return {
            day
            for (day,) in connection.execute(
                "select distinct cast(score_date as varchar) from marts.account_health_history "
                "where is_as_published = 1"
            ).fetchall()
        }


def prune(serve, keep):
    """Remove the oldest versions beyond `keep`, never the current one."""
    current = current_version(serve)
    for path in kept_versions(serve)[:-keep]:
        if path.name != current:
            remove(path)


def remove(folder):
    """Remove a version: under a hidden name first, so that half of one is never seen."""
    hidden = folder.with_name(f"{UNFINISHED}{folder.name.removeprefix(UNFINISHED)}")
    if folder != hidden:
        os.rename(folder, hidden)
    shutil.rmtree(hidden)


def clean_up(serve):
    """Remove what killed runs left behind; returns how many things that were."""
    left = list((serve / "versions").glob(f"{UNFINISHED}*"))
    for path in left:
        remove(path)
    link = serve / NEW_LINK
    if link.is_symlink():
        link.unlink()
        left.append(link)
    return len(left)
