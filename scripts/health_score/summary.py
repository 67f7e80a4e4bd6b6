"""What ./health run prints at the end, read from the file that it published."""

from .explain import records
from .project import shown
from .terminal import heading, number, plural, say, seconds, table

SLOWEST = 5


def gather(file):
    """The facts of a published file that the summary shows."""
    import duckdb

    with duckdb.connect(str(file), read_only=True) as connection:
        return {
            "publication": records(connection, "select * from marts.publication")[0],
            "accounts": records(
                connection,
                "select count(*) as accounts, count(score) as with_score, "
                "min(score_date) as score_date from marts.account_health",
            )[0],
            "bands": bands(connection),
            "inputs": records(
                connection,
                "select table_name, connector, raw_rows, accepted_rows, superseded_rows, "
                "rejected_rows, duplicate_rows from marts.input_rows "
                "where raw_rows > 0 order by table_name, connector",
            ),
            "findings": records(
                connection, "select finding, severity, subject, row_count, detail, remedy "
                "from marts.findings",
            ),
        }  # fmt: skip


def bands(connection):
    """Accounts per band of the primary scorecard, healthiest first, unscored last."""
    return records(
        connection,
        "select band, count(*) as accounts, min(effective_score) as low, "
        "max(effective_score) as high from marts.account_health group by band "
        "order by min(effective_score) desc nulls last, band",
    )


SEVERITIES = ("warning", "information")


def grouped(findings):
    """Findings of one kind together, the most important kind first.

    Each is a list of one or more that differ only in subject and row count.
    """
    kinds = {}
    for finding in sorted(findings, key=lambda finding: -(finding["row_count"] or 0)):
        same = (finding["severity"], finding["finding"], finding["detail"], finding["remedy"])
        kinds.setdefault(same, []).append(finding)

    def rank(group):
        severity = str(group[0]["severity"]).lower()
        return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)

    return sorted(kinds.values(), key=rank)


def render(out, project, facts, as_of, results, durations):
    """Print the summary. `as_of` is the day that was asked for, '' when none was.

    `results` are dbt's, `durations` step -> seconds.
    """
    accounts, publication = facts["accounts"], facts["publication"]
    how = "as asked for" if as_of else "the last complete day in the data; --as-of names another"
    heading(out, f"Scores of {accounts['score_date']}")
    say(out, f"({how})")
    if publication["is_synthetic"]:
        say(out, "(synthetic demo data: they prove the machinery, not that the score predicts)")
    say(out, f"{plural(accounts['accounts'], 'account')}, {number(accounts['with_score'])} scored")
    out.print()
    out.print(band_table(facts["bands"]))
    heading(out, "Input rows")
    out.print(input_table(facts["inputs"]))
    if facts["findings"]:
        heading(out, "Findings (also in marts.findings)")
        for group in grouped(facts["findings"]):
            for line in finding_lines(group):
                say(out, line)
    heading(out, "Time")
    say(out, ", ".join(f"{step} {seconds(taken)}" for step, taken in durations.items()))
    say(out, f"slowest models: {slowest(results)}")
    heading(out, "Published")
    say(out, f"{shown(project.published)} (schema marts, version {publication['version']})")
    say(out, "Next: ./health report, ./health explain ACCOUNT, or in a SQL client:")
    say(out, "  select * from marts.account_health order by effective_score")


def band_table(rows):
    shown_rows = [
        (
            row["band"],
            number(row["accounts"]),
            "" if row["low"] is None else f"{row['low']:.1f} to {row['high']:.1f}",
        )
        for row in rows
    ]
    return table(("Band", "Accounts", "Scores"), shown_rows, ("Accounts", "Scores"))


def input_table(rows):
    titles = ("Table", "Connector", "Raw", "Accepted", "Superseded", "Rejected", "Duplicates")
    keys = ("raw_rows", "accepted_rows", "superseded_rows", "rejected_rows", "duplicate_rows")
    cells = [
        (row["table_name"], row["connector"], *(number(row[key]) for key in keys)) for row in rows
    ]
    return table(titles, cells, titles[2:])


def finding_lines(group):
    """'[warning] what: detail', then where and how many, then what to do."""
    first = group[0]
    yield f"[{first['severity']}] {first['finding']}: {first['detail'] or ''}".rstrip(": ")
    yield "    " + ", ".join(
        f"{finding['subject'] or ''} {number(finding['row_count'])}".strip() for finding in group
    )
    if first["remedy"]:
        yield f"    {first['remedy']}"


def slowest(results):
    """The models that took longest, with their seconds."""
    models = [r for r in results if r.node.resource_type in ("model", "seed")]
    models.sort(key=lambda result: result.execution_time, reverse=True)
    return ", ".join(f"{r.node.name} {seconds(r.execution_time)}" for r in models[:SLOWEST])
