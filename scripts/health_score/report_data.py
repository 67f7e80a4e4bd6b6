"""What the report shows, read from the published file and nothing else.

`gather` returns (head, chunks): the head has what every page needs, a chunk the details of
CHUNK accounts, which the page unpacks when one of them is opened.
"""

import json
from datetime import date
from decimal import Decimal

from . import report_accounts, since, summary, validation
from .exits import USAGE, Problem
from .explain import FLAG, SHARE, records, unit_text, value_text
from .project import shown

CHUNK = 200
EXAMPLES = 3
MOVERS = 10
# A change is told over the longest of these that the ledger has.
COMPARED = ("28 days", "7 days", "previous")
# The newest score date of each week of the primary scorecard, as it was published.
WEEKS = """
create temp table weekly as
with published as (
    select history.*, max(score_date) over (partition by date_trunc('week', score_date)) as newest
    from marts.account_health_history as history
    where is_as_published = 1 and is_primary = 1
)
select dense_rank() over (order by score_date) - 1 as place, * from published
where score_date = newest
"""


def gather(file, with_details=True):
    """(head, chunks) of a published file; Problem USAGE when it is none of this release.

    Without details there are no chunks: charts about the whole book need none.
    """
    import duckdb

    if not file.exists():
        raise Problem(USAGE, f"Nothing is published yet ({shown(file)}). First: ./health run")
    version = file.resolve()  # one version throughout, though the link may be switched meanwhile
    try:
        head, details = read(version, with_details)
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise Problem(
            USAGE,
            f"Another release wrote {shown(file)}. First: ./health run",
            [str(error).splitlines()[0]],
        ) from None
    return head, [details[start : start + CHUNK] for start in range(0, len(details), CHUNK)]


def read(version, with_details):
    """(head, details of each account in the order of its place, or of none)."""
    import duckdb

    with duckdb.connect(str(version), read_only=True) as connection:
        connection.execute(WEEKS)
        connection.execute(
            "create temp table places as select account_id, "
            "row_number() over (order by account_id) - 1 as place from marts.account_health"
        )
        head = meta(connection)
        head["portfolio"] = portfolio(connection, head)
        head["accounts"] = accounts(connection)
        head["limits"] = limits(connection)
        head["worklist"] = worklist(connection)
        head["expansion"] = expansion(connection)
        head["alerts"] = open_alerts(connection)
        head["quality"] = quality(connection)
        head["outcomes"] = outcomes(connection)
        details = report_accounts.details(connection, head) if with_details else []
    head["validation"] = verdict(version, head)
    head["chunk"] = CHUNK
    return head, details


def packed(found):
    """Rows that share their names: {columns: [...], rows: [[...], ...]}."""
    columns = list(found[0]) if found else []
    return {"columns": columns, "rows": [[row[name] for name in columns] for row in found]}


def as_json(value):
    """Compact JSON; decimals as numbers, days as ISO text."""

    def other(item):
        if isinstance(item, Decimal):
            return float(item)
        if isinstance(item, date):
            return item.isoformat()
        raise TypeError(f"{item!r} is no JSON")

    return json.dumps(value, default=other, separators=(",", ":"), ensure_ascii=False)


# ------------------------------------------------------------------------------------ the frame


def meta(connection):
    """Publication, scorecard, bands, weeks and signals."""
    publication = records(
        connection,
        "select version, cast(built_at as varchar) as built_at, score_date, account_count, "
        "config_version, scoring_version, vars_in_force, is_synthetic from marts.publication",
    )[0]
    (content,) = connection.execute(
        "select content from marts.scorecard_versions where is_current = 1"
    ).fetchone()
    card, bands = scorecard(connection, content)
    weeks = records(
        connection,
        "select score_date as day, max(config_version) as config from weekly "
        "group by score_date order by score_date",
    )
    return {
        "publication": publication,
        "currency": validation.settings_of(publication)["reporting_currency"],
        "card": card,
        "bands": bands,
        "weeks": weeks,
        "configs": [
            {"day": now["day"], "from": before["config"], "to": now["config"]}
            for before, now in zip(weeks, weeks[1:], strict=False)
            if before["config"] != now["config"]
        ],
        "signals": signals(connection, content),
        "states": report_accounts.STATES,
        "parts": since.WORDS,
        "cards": [
            row[0]
            for row in connection.execute(
                "select distinct scorecard from marts.account_scorecards "
                "where is_primary = 0 order by scorecard"
            ).fetchall()
        ],
    }


def signals(connection, content):
    """Signals of the configuration in use, and former ones that the marts still tell of."""
    named = {row["signal"]: row for row in seed_rows(content, "signals")}
    others = records(
        connection,
        "select signal, max(title) as title, max(unit) as unit, max(dimension) as dimension from ("
        "select distinct signal, title, unit, dimension from marts.account_health_drivers "
        "union select distinct signal, title, unit, null from marts.account_health_changes "
        "where signal <> '*') as told group by signal order by signal",
    )
    return [
        {
            "signal": row["signal"],
            "title": row["title"] or row["signal"],
            "dimension": row["dimension"] or "other",
            "units": [unit_text(row["unit"], count) for count in (None, 1)],
            "kind": {SHARE: "share", FLAG: "flag"}.get(row["unit"]),
        }
        for row in {**{row["signal"]: row for row in others}, **named}.values()
    ]


def scorecard(connection, content):
    """(the primary scorecard, its bands from the unhealthiest on) of the configuration in use."""
    card = next(row for row in seed_rows(content, "scorecards") if row["is_primary"] == "1")
    bands = [
        {
            "band": row["band"],
            "colour": row["colour"],
            "lower": float(row["lower_bound"]) if row.get("lower_bound") else None,
            "action": row["action_plan"],
        }
        for row in seed_rows(content, "health_bands")
        if row["scorecard"] == card["scorecard"]
    ]
    bands.sort(key=lambda row: -1e20 if row["lower"] is None else row["lower"])
    known = {row["band"] for row in bands}
    others = records(
        connection,
        "select band, max(colour) as colour, cast(null as double) as lower, "
        "max(action_plan) as action from marts.account_health group by band "
        "union all select distinct band, 'grey', null, null from weekly "
        "where band not in (select band from marts.account_health) order by band",
    )
    unknown = [row for row in others if row["band"] not in known]
    return {
        "name": card["scorecard"],
        "title": card["title"],
        "purpose": card["purpose"],
        "is_share": card["method"] != "sum",
    }, [*bands, *unknown]


def seed_rows(content, seed):
    """The rows of one seed in the content of a configuration."""
    rows = {}
    for line in content.splitlines():
        name, _, rest = line.partition(" ")
        place, _, cell = rest.partition(" ")
        column, equals, value = cell.partition("=")
        if name == seed and equals and place.isdigit():
            rows.setdefault(int(place), {})[column] = value
    return list(rows.values())


# -------------------------------------------------------------------------------- the portfolio


def portfolio(connection, head):
    red = [row["band"] for row in head["bands"] if row["colour"] == "red"]
    trend = records(
        connection,
        "select score_date as day, round(avg(effective_score), 2) as average, "
        "round(sum(case when mrr is not null then effective_score * mrr end) "
        "/ nullif(sum(case when effective_score is not null then mrr end), 0), 2) as weighted, "
        "round(sum(mrr), 2) as mrr, "
        "round(coalesce(sum(case when list_contains(?, band) then mrr end), 0), 2) as at_risk "
        "from weekly group by score_date order by score_date",
        [red],
    )
    mix = records(
        connection,
        "select score_date as day, band, count(*) as accounts, round(sum(mrr), 2) as mrr "
        "from weekly group by score_date, band order by score_date, band",
    )
    segments = records(
        connection,
        "select segment_type, segment, account_count, scored_account_count, "
        "round(average_score, 1) as average, round(revenue_weighted_score, 1) as weighted, "
        "round(mrr, 2) as mrr, red_account_count, round(red_mrr, 2) as red_mrr, unknown_mrr_count "
        "from marts.segment_health where scorecard = ? "
        "and score_date = (select max(score_date) from marts.segment_health) "
        "order by segment_type, segment",
        [head["card"]["name"]],
    )
    compared, down, up = movers(connection, head["card"]["name"])
    return {
        "trend": trend,
        "mix": mix,
        "all": next(row for row in segments if row["segment_type"] == "all"),
        "segments": packed([row for row in segments if row["segment_type"] != "all"]),
        "compared": compared,
        "down": down,
        "up": up,
    }


def movers(connection, card):
    """(compared with, those that fell most, those that rose most), each with its largest part."""
    rows = records(
        connection,
        """
        with latest as (
            select * from marts.account_health_changes
            where scorecard = ?
                and score_date = (select max(score_date) from marts.account_health_changes)
        ),
        chosen as (
            select * from latest where compared_with = (
                select compared_with from latest where list_contains(?, compared_with)
                order by list_position(?, compared_with) limit 1
            )
        )
        select places.place, compared_with, max(from_date) as from_date,
            round(max(score_before), 1) as score_before, round(max(score_after), 1) as score_after,
            round(max(score_after) - max(score_before), 1) as change,
            arg_max(part, abs(points)) as part, arg_max(signal, abs(points)) as signal,
            round(arg_max(points, abs(points)), 1) as points
        from chosen inner join places on chosen.account_id = places.account_id
        where points is not null
        group by places.place, compared_with
        having max(score_after) <> max(score_before)
        order by max(score_after) - max(score_before), places.place
        """,
        [card, list(COMPARED), list(COMPARED)],
    )
    compared = (
        {"with": rows[0]["compared_with"], "from": rows[0]["from_date"]} if rows else None
    )  # fmt: skip
    down = [row for row in rows if row["change"] < 0][:MOVERS]
    up = [row for row in reversed(rows) if row["change"] > 0][:MOVERS]
    return compared, down, up


# ------------------------------------------------------------------------------------- the lists


def accounts(connection):
    """Every account in the order of its place."""
    return packed(
        records(
            connection,
            "select account_id as id, coalesce(account_name, account_id) as name, csm, plan, "
            "industry, region, parent_account_id as parent, profile, lifecycle_stage as stage, "
            "round(mrr, 2) as mrr, renewal_date as renewal, days_to_renewal as days, "
            "round(score, 1) as computed, round(effective_score, 1) as score, "
            "round(score_low, 1) as low, round(score_high, 1) as high, "
            "round(coverage, 3) as coverage, band, round(change_28d, 1) as change, trend "
            "from marts.account_health order by account_id",
        )
    )


def limits(connection):
    """Place -> the cap and the override in force, of those that have one."""
    rows = records(
        connection,
        "select places.place, cap_name, cap_reason, cap_title, cap_value, cap_unit, "
        "round(capped_score, 1) as capped_score, override_id, override_kind, "
        "override_value, override_reason, override_author, override_expires_on, "
        "is_set_without_score "
        "from marts.account_health inner join places using (account_id) "
        "where cap_name is not null or override_id is not null",
    )
    for row in rows:
        title, value, unit = (row.pop(f"cap_{name}") for name in ("title", "value", "unit"))
        if row["cap_name"]:
            row["cap_fact"] = f"{title}: {value_text({'value': value, 'unit': unit})}"
    return {row.pop("place"): row for row in rows}


def worklist(connection):
    return packed(
        records(
            connection,
            "select places.place as account, rank_overall as rank, rank_within_csm as rank_csm, "
            "reason, signal, round(value, 4) as value, round(target_value, 4) as target, "
            "round(gain, 1) as gain, round(score_if_moved, 1) as then_score, "
            "band_if_moved as then_band, play, round(priority, 0) as priority, is_median_mrr "
            "from marts.account_worklist inner join places using (account_id) "
            "order by rank_overall",
        )
    )


def expansion(connection):
    return packed(
        records(
            connection,
            "select places.place as account, evidence, offer, next_plan, added_seats, "
            "round(estimated_mrr, 2) as estimated_mrr "
            "from marts.expansion_opportunities inner join places using (account_id) "
            "order by estimated_mrr desc nulls last, account_id",
        )
    )


def open_alerts(connection):
    """Open alerts, those about the whole book (account NULL) first; held ones are counted."""
    return packed(
        records(
            connection,
            "select places.place as account, rule, title, severity, opened_on, is_held, "
            "held_because, is_baseline, reason_1, reason_2, reason_3 "
            "from marts.health_alerts as alerts "
            "left join places on alerts.account_id = places.account_id "
            "where status = 'open' and (alerts.account_id is null or places.place is not null) "
            "order by alerts.account_id is not null, "
            "coalesce(list_position(['high', 'medium', 'low'], severity), 0), "
            "alerts.mrr desc nulls last, opened_on, alert_id",
        )
    )


# --------------------------------------------------------------------------------- does it predict


def verdict(file, head):
    """The sections of ./health validate, and the figures behind its charts."""
    facts = validation.read(file, head["card"]["name"])
    judged = validation.headline_rows(facts["performance"])
    whole = [
        row
        for row in judged
        if row["dimension"] == row["profile"] == "*" and row["cohort"] == "all"
        if row["lead_days"] == 0 and row["auc"] is not None
    ]
    main = validation.main_row(judged)
    figures = [
        {
            "days": row["horizon_days"], "who": who, "auc": row[f"{name}auc"],
            "low": row["auc_low"] if not name else None,
            "high": row["auc_high"] if not name else None,
        }
        for row in whole
        for name, who in (
            ("", head["card"]["title"]),
            *((f"{rival}_", title) for rival, title in validation.RIVALS.items()),
        )
        if row[f"{name}auc"] is not None
    ]  # fmt: skip
    bands = [
        {
            "band": row["band"], "rate": row["churn_rate"], "low": row["churn_rate_low"],
            "high": row["churn_rate_high"], "base": row["base_rate"],
        }
        for row in facts["bands"]
        if main and row["evidence"] == main["evidence"] and row["horizon_days"] == 90
        if row["churn_rate"] is not None
    ]  # fmt: skip
    return {
        "sections": [
            [title, list(columns), [list(map(text, row)) if columns else row for row in rows]]
            for title, columns, rows in validation.sections(facts)
        ],
        "rivals": figures,
        "bands": bands,
    }


def text(cell):
    return "" if cell is None else str(cell)


def outcomes(connection):
    """What came of alerts and judgements, and churn by month; only groups of everybody."""
    return {
        "alerts": packed(
            records(
                connection,
                "select rule, severity, alert_count, held_count, alerts_per_week, judged_count, "
                "account_count, left_rate, left_rate_low, left_rate_high, base_rate, "
                "multiple_of_base, explanation, horizon_days from marts.alert_outcomes "
                "order by rule <> '*', rule, severity <> '*', "
                "list_position(['high', 'medium', 'low'], severity)",
            )
        ),
        "judgements": packed(
            records(
                connection,
                "select judgement, kind, judged_count, account_count, left_rate, left_rate_low, "
                "left_rate_high, base_rate, multiple_of_base, right_rate, right_rate_by_chance, "
                "explanation, horizon_days from marts.override_outcomes "
                "where group_type = 'all' order by judgement, kind",
            )
        ),
        "months": records(
            connection,
            "select month, logo_churn_rate as logo, net_revenue_retention as net, "
            "gross_revenue_retention as gross, churned_account_count as left, is_final "
            "from marts.churn_rates where segment_type = 'all' and opening_account_count > 0 "
            "order by month",
        ),
    }


# ------------------------------------------------------------------------------------ what to trust


def quality(connection):
    findings = records(
        connection,
        "select finding, severity, subject, row_count, detail, remedy from marts.findings",
    )
    return {
        "findings": [
            {
                **{name: group[0][name] for name in ("finding", "severity", "detail", "remedy")},
                "subjects": [[row["subject"], row["row_count"]] for row in group],
            }
            for group in summary.grouped(findings)
        ],
        "signals": packed(
            records(
                connection,
                "select signal, dimension, round(measured_share, 4) as measured, "
                "round(stale_share, 4) as stale, round(missing_share, 4) as missing, "
                "round(not_applicable_share, 4) as not_applicable, "
                "round(ageing_share, 4) as ageing, newest_observed_on as newest, "
                "date_diff('day', newest_observed_on, score_date) as age, "
                "round(median, 4) as median, flag, severity, probable_cause "
                "from marts.signal_quality "
                "where score_date = (select max(score_date) from marts.signal_quality) "
                "order by flag is null, dimension, signal",
            )
        ),
        "inputs": packed(
            records(
                connection,
                "select table_name, connector, raw_rows, accepted_rows, superseded_rows, "
                "rejected_rows, duplicate_rows from marts.input_rows "
                "order by table_name, connector",
            )
        ),
        "rejected": packed(
            records(
                connection,
                "select table_name, connector, reason, count(*) as row_count, "
                "string_agg(distinct row_key, ', ' order by row_key) "
                f"filter (where place <= {EXAMPLES}) as examples "
                "from (select *, row_number() over (partition by table_name, connector, reason "
                "order by row_key) as place from marts.rejected_rows) as ranked "
                "group by table_name, connector, reason "
                "order by row_count desc, table_name, reason",
            )
        ),
    }
