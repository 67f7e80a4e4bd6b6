"""The accounts that changed since the last export, for a CRM: ./health export.

    DIR/000012-2026-01-30/crm_export.csv, crm_export.parquet
    DIR/.exported.parquet     what was exported so far, and the number of the last export

An export is written under a hidden name and renamed when it is whole; then the memory is
replaced in one step. Whoever dies before that repeats the export, under the next number.
"""

import os
import re
import shutil

from .exits import CRASH, USAGE, Problem
from .project import one_at_a_time, shown
from .publish import quoted, sync
from .terminal import plural, say

MEMORY = ".exported.parquet"
UNFINISHED = ".unfinished-"
NAME = "crm_export"
# The last column is the day of the score: it moves every day, and is no change of the account.
COLUMNS = (
    "account_id", "account_name", "csm", "score", "effective_score", "band", "action_plan",
    "reason_1", "reason_2", "reason_3", "mrr", "score_date",
)  # fmt: skip
ORDER = "case change when 'new' then 1 when 'changed' then 2 when 'gone' then 3 else 4 end"
# Scores as people see them: a CRM wants no update for a millionth of a point.
CURRENT = """
create temp table current_rows as
with ranked_drivers as (
    select drivers.account_id, drivers.title,
        row_number() over (
            partition by drivers.account_id order by drivers.points_lost desc, drivers.signal
        ) as place
    from published.marts.account_health_drivers as drivers
    inner join published.marts.account_health as accounts
        on drivers.account_id = accounts.account_id and drivers.scorecard = accounts.scorecard
    where drivers.points_lost > 0 and accounts.score is not null
),
reasons as (
    select account_id,
        max(case when place = 1 then title end) as reason_1,
        max(case when place = 2 then title end) as reason_2,
        max(case when place = 3 then title end) as reason_3
    from ranked_drivers group by account_id
)
select accounts.account_id, accounts.account_name, accounts.csm,
    cast(accounts.score as decimal(18, 1)) as score,
    cast(accounts.effective_score as decimal(18, 1)) as effective_score,
    accounts.band, accounts.action_plan,
    reasons.reason_1, reasons.reason_2, reasons.reason_3,
    cast(accounts.mrr as decimal(18, 2)) as mrr, accounts.score_date
from published.marts.account_health as accounts
left join reasons on accounts.account_id = reasons.account_id
"""


def export(out, project, folder=None, everything=False):
    """Write new, changed and gone accounts into a folder of their own below `folder`."""
    if not project.published.exists():
        raise Problem(
            USAGE, f"Nothing is published yet ({shown(project.published)}). First: ./health run"
        )
    folder = folder or project.serve / NAME
    with one_at_a_time(folder, "export"):
        clean_up(folder)
        name, counts = write(project.published, folder, everything)
    told = ", ".join(f"{count:,} {change}" for change, count in counts.items())
    if name is None:
        say(out, f"No account changed since the last export to {shown(folder)}.")
    else:
        say(out, f"{shown(folder / name)}: {plural(sum(counts.values()), 'account')} ({told}).")


def clean_up(folder):
    """Remove what a killed export left behind."""
    for left in folder.glob(f"{UNFINISHED}*"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


def write(published, folder, everything=False):
    """(name of the new export or None, rows by change)."""
    import duckdb

    memory = folder / MEMORY
    with duckdb.connect() as connection:
        connection.execute(f"attach '{quoted(published.resolve())}' as published (read_only)")
        check(connection, published)
        connection.execute(CURRENT)
        connection.execute(
            f"create temp table hashed_rows as select *, {hashed()} as content_hash "
            "from current_rows"
        )
        last = remember(connection, memory)
        compare(connection)
        unchanged = "" if everything else "where change <> 'unchanged'"
        connection.execute(f"create temp table exported as select * from compared {unchanged}")
        counts = dict(
            connection.execute(
                f"select change, count(*) from exported group by change order by {ORDER}"
            ).fetchall()
        )
        if not counts:
            return None, {}
        number = 1 + max([last, *numbers(folder)])
        (day,) = connection.execute("select max(score_date) from compared").fetchone()
        name = f"{number:06d}-{day}"
        put(connection, folder, name)
        keep(connection, memory, number)
    return name, counts


def check(connection, published):
    present = {
        name
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where database_name = 'published'"
        ).fetchall()
    }
    missing = sorted({"account_health", "account_health_drivers"} - present)
    if missing:
        raise Problem(USAGE, f"{shown(published)} lacks {', '.join(missing)}. First: ./health run")


def hashed():
    """SQL of the content hash: every exported column but the day, names included."""
    parts = [f"'{name}', {name}" for name in COLUMNS if name != "score_date"]
    return f"md5(cast(json_array({', '.join(parts)}) as varchar))"


def remember(connection, memory):
    """Read what was exported before into the table remembered; the last number, 0 at first."""
    import duckdb

    columns = ", ".join((*COLUMNS, "content_hash"))
    if not memory.exists():
        connection.execute(
            f"create temp table remembered as select {columns} from hashed_rows limit 0"
        )
        return 0
    try:
        connection.execute(
            f"create temp table remembered as select {columns} from "
            f"read_parquet('{quoted(memory)}')"
        )
        (last,) = connection.execute(
            "select cast(decode(value) as integer) from "
            f"parquet_kv_metadata('{quoted(memory)}') where decode(key) = 'number'"
        ).fetchone()
    except duckdb.Error as error:
        raise Problem(
            CRASH,
            f"{shown(memory)} cannot be read, so nobody knows what was exported.",
            [str(error).splitlines()[0], "Remove it, and the next export has every account."],
        ) from None
    return last


def compare(connection):
    """The table compared: what is there now, and what was exported and is there no more."""
    now = ", ".join(f"hashed_rows.{name}" for name in (*COLUMNS, "content_hash"))
    before = ", ".join(f"remembered.{name}" for name in (*COLUMNS, "content_hash"))
    connection.execute(
        f"create temp table compared as select {now}, case "
        "when remembered.account_id is null then 'new' "
        "when remembered.content_hash <> hashed_rows.content_hash then 'changed' "
        "else 'unchanged' end as change "
        "from hashed_rows left join remembered using (account_id) "
        f"union all select {before}, 'gone' as change "
        "from remembered anti join hashed_rows using (account_id)"
    )


def numbers(folder):
    """The numbers of the exports that are there."""
    found = (re.match(r"(\d{6,})-", path.name) for path in folder.iterdir())
    return [int(match[1]) for match in found if match]


def put(connection, folder, name):
    """Write both files, then show them by one rename."""
    work = folder / f"{UNFINISHED}{name}"
    work.mkdir()
    ordered = f"(select change, * exclude (change) from exported order by {ORDER}, account_id)"
    for suffix, options in (("csv", "format csv, header"), ("parquet", "format parquet")):
        file = work / f"{NAME}.{suffix}"
        connection.execute(f"copy {ordered} to '{quoted(file)}' ({options})")
        sync(file)
    sync(work)
    os.rename(work, folder / name)
    sync(folder)


def keep(connection, memory, number):
    """Replace the memory by what is there now, in one step."""
    fresh = memory.with_name(f"{UNFINISHED}memory")
    connection.execute(
        f"copy (select * from hashed_rows order by account_id) to '{quoted(fresh)}' "
        f"(format parquet, kv_metadata {{number: '{number}'}})"
    )
    sync(fresh)
    os.replace(fresh, memory)
    sync(memory.parent)
