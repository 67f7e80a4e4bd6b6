"""The verb rollback: readers go back to a version that is kept."""

from . import publish, runs
from .exits import CRASH, USAGE, Problem
from .explain import records
from .project import shown
from .terminal import plural, say, table


def rollback(out, project, to=None):
    """Switch readers to the version `to` (its beginning is enough; default: the one before).

    Nothing is built and nothing removed. Problem USAGE when no one version is meant, CRASH
    when it cannot be read; then readers keep what they had.
    """
    current = publish.current_version(project.serve)
    if current is None:
        raise Problem(USAGE, "Nothing is published yet. First: ./health run")
    wanted = chosen(project, current, to)
    if wanted == current:
        say(out, f"Readers have the version {current} already. Nothing was changed.")
        return
    with runs.writing(out, project, "rollback"):
        row = publication_of(project, wanted)
        publish.switch(project.serve, wanted)
    say(out, f"Readers of {shown(project.published)} now have the version {wanted}:")
    say(out, f"scores of {row['score_date']}. Before, they had {current}.")
    say(out, f"Go back with: ./health rollback --to {current}")
    say(out, "The next ./health run publishes on top of it; mend first what made you go back.")


def chosen(project, current, to):
    """The name of the version that is meant."""
    names = [path.name for path in publish.kept_versions(project.serve)]
    if to is None:
        before = [name for name in names if name < current]
        if before:
            return before[-1]
        raise Problem(
            USAGE,
            f"No version before {current} is kept.",
            ["./health rollback --list shows which are; HEALTH_KEEP_VERSIONS says how many."],
        )
    matches = [name for name in names if name == to] or [n for n in names if n.startswith(to)]
    if len(matches) == 1:
        return matches[0]
    how = f"{plural(len(matches), 'version')} begin with" if matches else "No version is called"
    raise Problem(USAGE, f"{how} {to}. Kept are: {', '.join(reversed(names))}.")


def publication_of(project, version):
    """The row `publication` of a version, which must name that version."""
    import duckdb

    file = project.serve / "versions" / version / publish.FILE
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            row = records(connection, "select * from marts.publication")[0]
    except (duckdb.Error, IndexError) as error:
        reason = str(error).splitlines()[0]
        raise Problem(CRASH, f"{shown(file)} cannot be read: {reason}") from None
    if row["version"] != version:
        raise Problem(CRASH, f"{shown(file)} says that it is the version {row['version']}.")
    return row


def show(out, project):
    """List the versions that are kept, newest first."""
    current, lines = publish.current_version(project.serve), []
    for path in reversed(publish.kept_versions(project.serve)):
        try:
            row = publication_of(project, path.name)
            cells = (row["score_date"], row.get("published_at"), row["config_version"])
        except Problem:
            cells = ("cannot be read", None, None)
        lines.append((path.name, *cells, "now" if path.name == current else ""))
    if not lines:
        raise Problem(USAGE, "Nothing is published yet. First: ./health run")
    columns = ("Version", "Score date", "Published (UTC)", "Configuration", "Readers")
    out.print(table(columns, lines))
