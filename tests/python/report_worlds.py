"""Published files made by hand for the report: every mart by its contract, filled by SQL."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import yaml

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-01-30"
NASTY_ID = "a/b ? %ü#1"
NASTY_NAME = "<img src=x onerror=window.hacked=1> & Söhne"


def contracts() -> dict[str, dict[str, str]]:
    """Mart -> its columns and their types, as the models' YAML has them."""
    found = {}
    for path in sorted((ROOT / "models/marts").rglob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            found[model["name"]] = {
                column["name"]: column["data_type"] for column in model["columns"]
            }
    return found


def content(primary: str) -> str:
    """The seeds as scorecard_versions has them, with another primary scorecard."""
    lines = []
    for path in sorted((ROOT / "seeds/config").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for place, row in enumerate(csv.DictReader(file), start=1):
                if path.stem == "scorecards":
                    row["is_primary"] = str(int(row["scorecard"] == primary))
                lines += [f"{path.stem} {place} {name}={cell}" for name, cell in row.items()]
    return "\n".join(lines)


def publish(
    serve: Path, accounts: int = 60, weeks: int = 30, primary: str = "health", quiet: bool = False
) -> None:
    """Write serve/health.duckdb; `quiet` leaves out all that a first run does not know."""
    serve.mkdir(parents=True, exist_ok=True)
    (serve / "health.duckdb").unlink(missing_ok=True)
    with duckdb.connect(str(serve / "health.duckdb")) as connection:
        connection.execute("set threads = 1")  # random numbers come in one order
        connection.execute("select setseed(0.5)")
        connection.execute("create schema marts")
        for mart, columns in contracts().items():
            typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            connection.execute(f"create table marts.{mart} ({typed})")
        connection.execute(
            "create temp table given as select ? as accounts, ? as weeks, ? as card, "
            "cast(? as date) as day",
            [accounts, weeks, primary, DAY],
        )
        connection.execute(
            "create temp table configured as select unnest(?) as signal, unnest(?) as title, "
            "unnest(?) as unit, unnest(?) as dimension",
            [list(column) for column in zip(*measured_signals(), strict=True)],
        )
        for statement in (SPINE + SCORES + ("" if quiet else ";\n" + PAST)).split(";\n"):
            connection.execute(statement)
        connection.execute(
            "insert into marts.scorecard_versions by name select 'c-new' as config_version, "
            "1 as is_current, ? as content",
            [content(primary)],
        )


def measured_signals() -> list[tuple]:
    with (ROOT / "seeds/config/signals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row["signal"], row["title"], row["unit"], row["dimension"]) for row in rows[:24]]


# Account 1 is overridden, 2 has no score, 3 is capped and has a name and an id that bite.
SPINE = f"""
create temp table spine as
select i, case when i = 3 then '{NASTY_ID}' else printf('acc-%05d', i) end as account_id,
    case when i = 3 then '{NASTY_NAME}' else printf('Firm %d Ltd', i) end as account_name,
    ['Ana', 'Ben', 'Chloé'][i % 3 + 1] as csm, ['Starter', 'Growth'][i % 2 + 1] as plan,
    case when i % 9 = 4 then null else 100 + i * 7 end as mrr
from given, range(accounts) as numbers(i);
create temp table drivers as
select spine.i, signal, title, unit, dimension,
    case when spine.i = 2 or hash(signal) % 11 = 5 then 'missing'
        when spine.i % 7 = 6 and hash(signal) % 11 = 7 then 'stale' else 'measured' end as state,
    round(random() * 500, 2) as value, round(random() * 100, 6) as points
from spine, configured
"""
SCORES = """;
create temp table weighed as
select *, case when state <> 'measured' then 0 else round(1.0
    / nullif(sum(case when state = 'measured' then 1 else 0 end) over (partition by i), 0), 6) end
    as weight from drivers;
insert into marts.account_health_drivers by name
select account_id, card as scorecard, signal, title, dimension, day as score_date, state, unit,
    case when state = 'measured' then value end as value, 'exclude' as missing_policy,
    day - 200 as observed_on, 0 as is_imputed, weight,
    case when state = 'measured' then points end as points,
    case when state = 'measured' then round(weight * points, 6) end as contribution,
    case when state = 'measured' and card = 'health' then round(weight * (100 - points), 6) end
    as points_lost
from weighed inner join spine using (i), given;
create temp table scored as
select i, account_id, account_name, csm, plan, mrr, sum(contribution) as score,
    case when i = 1 then 48 when i = 3 then 30 else sum(contribution) end as effective_score
from spine inner join marts.account_health_drivers using (account_id)
group by i, account_id, account_name, csm, plan, mrr;
create macro band_of(score) as case when score is null then 'insufficient_data'
    when (select card from given) <> 'health' then 'Stable'
    when score < 40 then 'red' when score < 70 then 'yellow' else 'green' end;
insert into marts.account_health by name
select account_id, account_name, csm, plan, 'Retail' as industry, 'EMEA' as region,
    'small' as profile, 'established' as lifecycle_stage, mrr, day + 20 as renewal_date,
    20 as days_to_renewal, day as score_date, card as scorecard, score, effective_score,
    case when i = 3 then 30 else score end as capped_score,
    case when i = 3 then 'overdue' end as cap_name, case when i = 3 then 'Unpaid' end as cap_reason,
    case when i = 3 then 'Days overdue' end as cap_title, case when i = 3 then 61 end as cap_value,
    case when i = 3 then 'days' end as cap_unit,
    case when i = 1 then 'ovr-1' end as override_id, case when i = 1 then 'set' end
    as override_kind, case when i = 1 then 48 end as override_value,
    case when i = 1 then 'Legal' end as override_reason, case when i = 1 then 'Ana' end
    as override_author, case when i = 1 then day + 9 end as override_expires_on,
    case when i = 2 then 0.3 else 0.5 + (i % 10) / 20.0 end as coverage,
    band_of(effective_score) as band,
    case when effective_score is null then 'grey' else 'red' end as colour,
    'Find out' as action_plan
from scored, given;
insert into marts.account_scorecards by name
select account_id, 'adoption' as scorecard, day as score_date, 0 as is_primary,
    score as effective_score, 'partial' as band from scored, given
union all by name
select account_id, card as scorecard, day as score_date, 1 as is_primary, effective_score, band
from marts.account_health, given;
create temp table walk as
select i, account_id, mrr, week, day - cast(7 * (weeks - 1 - week) as integer) as score_date,
    case when week = weeks - 1 then score else least(100, greatest(0, score
    + sum(6 * random() - 3) over (partition by i order by week desc))) end as score
from scored, given, range((select weeks from given)) as numbers(week);
insert into marts.account_health_history by name
select account_id, card as scorecard, score_date,
    case when week < weeks / 2 then 'c-old' else 'c-new' end as config_version,
    1 as is_as_published, 1 as is_primary, mrr, round(score, 6) as score,
    case when i = 1 and week in (weeks - 8, weeks - 3, weeks - 2, weeks - 1) then 48
        when i = 3 and week = weeks - 1 then 30 else round(score, 6) end as effective_score,
    case when i = 1 and week in (weeks - 8, weeks - 3, weeks - 2, weeks - 1) then 'ovr-1' end
    as override_id,
    case when i = 3 and week = weeks - 1 then 'overdue' end as cap_name,
    band_of(effective_score) as band
from walk, given;
insert into marts.account_health_history by name
select * replace (0 as is_as_published, 'c-new' as config_version, 1.5 as effective_score)
from marts.account_health_history where config_version = 'c-old'
union all by name
select * replace (0 as is_primary, 'adoption' as scorecard, 2.5 as effective_score)
from marts.account_health_history;
insert into marts.segment_health by name
select card as scorecard, segment_type, segment, day as score_date, count(*) as account_count,
    count(effective_score) as scored_account_count, avg(effective_score) as average_score,
    sum(case when effective_score is not null then mrr end * effective_score)
        / sum(case when effective_score is not null then mrr end) as revenue_weighted_score,
    sum(mrr) as mrr, count(*) - count(mrr) as unknown_mrr_count,
    sum(cast(band = 'red' as integer)) as red_account_count,
    sum(case when band = 'red' then mrr end) as red_mrr
from marts.account_health, given, (values ('all'), ('plan'), ('csm')) as types(segment_type),
    lateral (select case segment_type when 'all' then 'all' when 'plan' then plan else csm end
    as segment) as named
group by all;
insert into marts.input_rows by name
select 'accounts' as table_name, 'contract' as connector, 9 as raw_rows, 8 as accepted_rows,
    0 as superseded_rows, 1 as rejected_rows, 0 as duplicate_rows;
insert into marts.publication by name
select '20260131T010000000000Z' as version, timestamp '2026-01-31 01:00:00' as built_at,
    day as score_date, accounts as account_count, accounts as scored_account_count,
    'c-new' as config_version, '1' as scoring_version,
    'connectors=contract; churn_source=subscriptions; history_loaded_before=; '
    'load_grace_hours=36; reporting_currency=EUR' as vars_in_force,
    0 as is_synthetic from given
"""
PAST = """
insert into marts.account_health_changes by name
select pairs.compared_with, day as score_date, day - pairs.days as from_date, account_id,
    card as scorecard, 'c-new' as config_version, 'c-new' as from_config_version,
    effective_score - 3 as score_before, effective_score as score_after, 'split' as status,
    'behaviour' as part, signal, title, unit,
    round(case when row_number() over (partition by account_id, pairs.compared_with order by signal)
        = 1 then 3 - 11 * 0.25 else 0.25 end, 6) as points,
    round(random() * 500, 2) as value_before, round(random() * 500, 2) as value_after,
    'measured' as state_before, 'measured' as state_after
from scored, given, (from configured limit 12),
    (values ('7 days', 7), ('28 days', 28), ('previous', 7)) as pairs(compared_with, days)
where effective_score is not null;
insert into marts.health_alerts by name
select printf('al-%d-%d', i, nth) as alert_id, account_id, account_name, csm, 'fast_drop' as rule,
    printf('Fast drop %d', nth) as title, case when nth = 0 then 'open' else 'closed' end as status,
    0 as is_baseline, 0 as is_held, day - cast(14 * nth + i % 9 as integer) as opened_on,
    case when nth > 0 then day - cast(14 * nth - 9 as integer) end as closed_on,
    case when nth > 0 then 'recovered' end as closed_because,
    ['high', 'medium', 'low'][(i + nth) % 3 + 1] as severity, mrr, 'Logins fell' as reason_1
from scored, given, range(5) as numbers(nth) where i % 2 = 1 or nth > 0
union all by name
select 'book' as alert_id, 'Most fell together' as title, 'open' as status, 'high' as severity,
    0 as is_baseline, 0 as is_held, day as opened_on, 'An outage' as reason_1 from given;
insert into marts.account_lifecycle by name
select account_id, 'retention' as stage, 2 as done_step_count, 5 as step_count,
    'goal' as next_step, 'Set a goal' as next_action, 1 as is_next_step_late from scored;
insert into marts.account_worklist by name
select account_id, account_name, csm,
    row_number() over (order by effective_score, i) as rank_overall,
    1 as rank_within_csm, 'Logins, costs 9.1 points' as reason, signal, title,
    3 as value, 7 as target_value, 2.5 as gain, effective_score + 2.5 as score_if_moved,
    'yellow' as band_if_moved, 'Call them' as play, 0 as is_median_mrr, 100 - effective_score
    as priority
from scored, (from configured limit 1) where effective_score is not null limit 200;
insert into marts.expansion_opportunities by name
select account_id, 'seats nearly used up' as evidence, 'more seats' as offer, 4 as added_seats,
    120 as estimated_mrr from scored where i % 10 = 5;
insert into marts.findings by name
select 'rejected rows' as finding, 'warning' as severity, 'accounts' as subject, 1 as row_count,
    'rows break the contract' as detail, 'Read rejected_rows.' as remedy;
insert into marts.rejected_rows by name
select 'accounts' as table_name, 'contract' as connector, '?' as row_key,
    'account_id is missing' as reason;
insert into marts.signal_quality by name
select day as score_date, signal, dimension, unit, 0.7 as measured_share, 0.1 as stale_share,
    0.2 as missing_share, 0 as not_applicable_share, 0 as ageing_share, day - 1
    as newest_observed_on, 12.5 as median,
    case when signal = (select min(signal) from configured) then 'feed stopped' end as flag,
    case when signal = (select min(signal) from configured) then 'warning' end as severity,
    'Nothing came since Monday' as probable_cause from configured, given;
insert into marts.scorecard_performance by name
select card as scorecard, '*' as dimension, '*' as profile, 'c-new' as config_version,
    'prospective' as evidence, 'all' as quarter, horizon as horizon_days, 0 as lead_days,
    'all' as cohort, 1 as is_headline, day - 300 as first_score_date, day - 200 as last_score_date,
    15 as score_date_count, 44 as churned_account_count, 500 as kept_account_count,
    0.03 as base_rate, 0.75 as auc, 0.7 as auc_low, 0.8 as auc_high, 3.1 as lift_10,
    0.5 as tenure_auc, 0.6 as idle_days_auc, 0.7 as days_to_renewal_auc,
    'subscriptions' as churn_source
from given, (values (30), (60), (90), (180)) as horizons(horizon);
insert into marts.band_outcomes by name
select 'c-new' as config_version, card as scorecard, 'prospective' as evidence, 90 as horizon_days,
    band, rank as band_rank, 200 as account_count, 20 as churned_account_count,
    rate as churn_rate, rate * 0.8 as churn_rate_low, rate * 1.2 as churn_rate_high,
    0.03 as base_rate, rate / 0.03 as multiple_of_base, 0.2 as expansion_rate
from given, (values ('red', 1, 0.1), ('yellow', 2, 0.04), ('green', 3, 0.01))
    as outcomes(band, rank, rate) where card = 'health';
insert into marts.churn_rates by name
select cast(day - cast(31 * ago as integer) as date) as month, 'all' as segment_type,
    'all' as segment, 1 as is_final, 100 as opening_account_count, 2 as churned_account_count,
    0.02 as logo_churn_rate, 1 - ago / 500 as net_revenue_retention,
    0.97 as gross_revenue_retention from given, range(40) as numbers(ago);
insert into marts.alert_outcomes by name
select rule, '*' as severity, 80 as alert_count, 0 as held_count, 3.5 as alerts_per_week,
    60 as judged_count, 40 as account_count, 0.09 as left_rate, 0.05 as left_rate_low,
    0.14 as left_rate_high, 0.03 as base_rate, 3 as multiple_of_base, 90 as horizon_days
from (values ('*'), ('fast_drop')) as rules(rule)
"""
