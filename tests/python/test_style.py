"""Laws of the project's own text: no clock, no opinion in SQL, twins, the audit gate, privacy.

Each checker is a function of a text or of the manifest, and is shown to catch a planted violation.
"""

from __future__ import annotations

import copy
import csv
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
FOLDERS = ("models", "macros", "tests/generic", "tests/singular", "analyses")


def sql_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.sql"))


def code_of(text: str) -> str:
    """SQL and Jinja without their comments; as many lines as before."""
    blank = re.sub(r"\{#.*?#\}", lambda found: "\n" * found[0].count("\n"), text, flags=re.DOTALL)
    return re.sub(r"--[^\n]*", "", blank)


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def without_strings(text: str) -> str:
    return re.sub(r"'[^'\n]*'", "''", text)


# ---------------------------------------------------------------------------------------- the clock

CLOCK = re.compile(
    r"\b(current_date|current_time|current_timestamp|localtime|localtimestamp|getdate|sysdate"
    r"|systimestamp|run_started_at)\b|\b(now|today|utcnow|get_current_timestamp)\s*\(|\bdatetime\.",
    flags=re.IGNORECASE,
)
# The mart that says when it was built, the order in which a day was published more than once, and
# the run that rolled a day up; nothing else may depend on when it runs.
TELL_THE_TIME = {
    "models/marts/publication.sql", "models/history/history_dates.sql",
    "models/staging/usage/base_usage_rolled_days.sql",
}  # fmt: skip


def clock_reads(text: str) -> list[str]:
    code = code_of(text)
    return [f"line {line_of(code, found.start())}: {found[0]}" for found in CLOCK.finditer(code)]


def test_nothing_reads_the_clock() -> None:
    found = {
        str(path.relative_to(ROOT)): clock_reads(path.read_text(encoding="utf-8"))
        for path in sql_files(*FOLDERS)
    }
    assert {name for name, lines in found.items() if lines} == TELL_THE_TIME


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("select Current_Date as today", 1),
        ("where day <= now ()", 1),
        ("{{ dbt.current_timestamp() }}", 1),
        ("{{ modules.datetime.date.today() }}", 2),
        ("-- never current_date\n{# nor now() #} select known_on, renowned(1)", 0),
    ],
)
def test_a_clock_is_found(text: str, reads: int) -> None:
    assert len(clock_reads(text)) == reads


# ------------------------------------------------------------------------------------- the opinions

# What any model may say: nothing, one, the scale of points, the end of a scale without end.
PLAIN_NUMBERS = {"0", "1", "100", "1e20"}
LIFTS = {
    **dict.fromkeys(("5", "10", "20"), "per cent, in the column's name"), "2": "a square, a double",
}  # fmt: skip
HALVES = dict.fromkeys(("2", "67108864"), "two halves of 26 bits each")
SPANS = dict.fromkeys(("30", "60", "90"), "days before a departure, in the column's name")
# What the definition of a signal or arithmetic says, by model; not taste.
NUMBERS_OF = {
    "publish_marts": {"5": "schemas that are kept, as ./health keeps versions"},
    "backtest_estimates": LIFTS,
    "backtest_sums": LIFTS,
    "backtest_windows": dict.fromkeys(("60", "90"), "days in which a departure counts"),
    "clustered_error": {"2": "a square"},
    "calendar_days": {"3653": "days of ten years"},
    "int_alert_rules_version": {"12": "letters of a hash"},
    "int_alert_outcomes": {"7": "days of a week"},
    "int_alerts": {"2": "the second reason", "3": "the third"},
    "int_backtest_dates": {"7": "days of a week"},
    "int_judgements": {"7": "days of a week", "0.5": "rounds half up, 1 to 5 being positive"},
    "int_backtest_values": {"0.5": "the median"},
    "int_backtest_warnings": SPANS,
    "int_band_edges": {"0.000001": "the smallest step of a score"},
    "int_configured_bands": {"0.000001": "the smallest step of a score"},
    "int_change_pairs": {"7": "days back, in the marts' own words", "28": "the same"},
    "int_config_version": {"12": "letters of a hash"},
    "int_drivers": {"100.0": "the scale of points", "0.000001": "the smallest step of a value"},
    "int_months": {"1320": "months from the first possible year to the last"},
    "int_fairness_rates": {
        "0.25": "a quartile", "0.5": "the median", "0.75": "a quartile",
    },
    "int_pricing_streaks": {"2": "days from the first to the third day"},
    "int_scorecard_performance": SPANS,
    "int_score_dates": {"7": "days back of change_7d", "28": "and 28d", "90": "and 90d"},
    "int_session_signals": {"60": "seconds of a minute"},
    "packed": HALVES,
    "int_signal_medians": {"0.5": "the median"},
    "int_signal_moves": {"0.000001": "the smallest step of a value"},
    "int_plan_prices": {"0.5": "the median"},
    "int_worklist_accounts": {"0.5": "the median"},
    "int_signal_groups": {"4": "steps from one signal to another, as described"},
    "int_signal_performance": {"0.5": "chance"},
    "int_signal_ranks": {"2.0": "the middle of a tie"},
    "int_signal_drift": {"2": "what loading twice does"},
    "int_signal_drift_bins": {"2": "bins that one value fills, so that it is cut off"},
    "int_signal_drift_quartiles": {"4": "quarters", "3": "three of them", "2": "a half"},
    "int_signal_priors": {"0.5": "the median"},
    "int_signal_quality": {"0.25": "a quartile", "0.5": "the median", "0.75": "a quartile"},
    "int_support_signals": {"3600000000": "microseconds of an hour"},
    "int_survey_signals": {"9": "the least NPS of a promoter", "6": "the most of a detractor"},
    "int_trends": {"7": "days back of change_7d", "28": "and 28d", "90": "and 90d"},
    "int_usage_peers": {"50": "half of 100"},
    "int_usage_signals": {"3": "windows of 28 days in 84 days"},
    "int_usage_window_days": {"28": "the windows of people, visits and features"},
    "int_usage_windows": {"7.0": "days of a week"},
    "base_csm_pulses": {"5": "the contract's scale"},
    "base_survey_responses": {
        "5": "the contract's scale", "7": "the contract's scale", "10": "the contract's scale",
    },
    "as_number": {"28": "digits of every decimal"},
    "known_on": {"24": "hours of a day"},
    "microseconds_between": {"1000000": "microseconds of a second"},
    "normal_tail": {
        number: "26.2.17 of Abramowitz and Stegun" for number in (
            "0.2316419", "0.319381530", "0.356563782", "0.3989422804014327", "1.330274429",
            "1.781477937", "1.821255978", "2",
        )
    },
    "parsed_text": {
        "2": "a place in a date", "4": "a place in a date",
        "7": "a place in a date", "11": "a place in a date",
    },
    "reject_reason": {"1990": "the first possible year", "2099": "the last possible year"},
    "rounded": {"6": "decimals of every number"},
    "rounded_product": {"6": "decimals of every number"},
    "rounded_up": {"1000000": "millionths of a number", "0.000001": "and back"},
    "row_content": {"1000000": "millionths of a number"},
    "wilson": {"2.0": "of the formula", "4.0": "of the formula"},
}  # fmt: skip
# Types, days of the calendar, and what patterns count and range over.
HARMLESS = re.compile(r"numeric\(\d+, \d+\)|'\d{4}-\d{2}-\d{2}'|\{\d+(,\d+)?\}|\[\d+(-\d+)?\]")
NUMBER = re.compile(r"(?<![\w\[])(?:\d+(?:\.\d+)?|\.\d+)(?:e\d+)?(?![\w\]])")
WINDOW = re.compile(
    r"days_before\([^()]*?,\s*(\d+)\)"
    r"|\b(?:days_ago|account_age_days|days_back)\s*(?:>=|<=|<|>|=)\s*(\d+)"
)


def window_lengths() -> set[str]:
    """Every number in the definitions of the signals."""
    with (HERE / "signal_definitions.csv").open(encoding="utf-8", newline="") as file:
        texts = [f"{row['definition']} {row['when_empty']}" for row in csv.DictReader(file)]
    return set(re.findall(r"\d+", " ".join(texts)))


def literals(text: str, windows: set[str]) -> list[str]:
    """Numbers in SQL that are none of PLAIN_NUMBERS and no length of a signal's window."""

    def window(found: re.Match) -> str:
        return "" if (found[1] or found[2]) in windows else found[0]

    code = HARMLESS.sub("", WINDOW.sub(window, code_of(text)))
    return [found for found in NUMBER.findall(code) if found not in PLAIN_NUMBERS]


def judged_files() -> list[Path]:
    """All SQL but what tells people about the config seeds and the input."""
    return [
        path
        for path in sql_files("models", "macros")
        if not path.stem.startswith(("int_config_errors", "int_config_findings"))
    ]


def test_no_number_of_taste_is_in_sql() -> None:
    windows = window_lengths()
    found = {path.stem: set(literals(path.read_text("utf-8"), windows)) for path in judged_files()}
    unexpected = {
        name: sorted(numbers - set(NUMBERS_OF.get(name, {})))
        for name, numbers in found.items()
        if numbers - set(NUMBERS_OF.get(name, {}))
    }
    assert not unexpected, "a number in SQL belongs in a seed, or into NUMBERS_OF with its reason"
    idle = {name for name, of in NUMBERS_OF.items() if set(of) - found.get(name, set())}
    assert not idle, "NUMBERS_OF allows what is not there any more"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("when score >= 40 then 'yellow'", ["40"]),
        ("0.3 * usage + 0.7 * support", ["0.3", "0.7"]),
        ("{{ rounded('weight * (10 - points)') }}", ["10"]),
        ("where account_age_days < 89", ["89"]),
        ("{{ days_before('score_date', 45) }}", ["45"]),
        ("least(100, 1.5 * points) + .5", ["1.5", ".5"]),
        ("cast(x as numeric(28, 6)) -- 7\n{# 8 #} where day > {{ days_before('d', 28) }}", []),
        ("case when days_ago < 28 then 0 when open_tickets_90d = 1 then 100 end", []),
    ],
)
def test_a_number_of_taste_is_found(text: str, numbers: list[str]) -> None:
    assert literals(text, {"28", "90", "365"}) == numbers


# Words that a seed defines and that SQL knows all the same.
KNOWN_WORDS = {
    "base_support_tickets": {"low": "a severity of the contract"},
    "int_alert_accounts": {"low": "a severity, no band"},
    "int_alerts": {"low": "a severity, no band"},
    "int_lifecycle_steps": {"expansion": "the stage, no scorecard"},
    "int_segment_health": {"red": "the colour, which the roll-up counts"},
    "int_trends": {"steady": "neither improving nor declining, no band"},
}


def seed_words(seed: str, column: str) -> set[str]:
    with (ROOT / "seeds" / "config" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return {row[column] for row in csv.DictReader(file)}


def words_of_seeds() -> set[str]:
    return (
        seed_words("scorecards", "scorecard")
        | seed_words("health_bands", "band")
        | seed_words("score_caps", "cap_name")
        | seed_words("profiles", "profile")
    )


def literal_words(text: str, words: set[str]) -> set[str]:
    return {found for found in re.findall(r"'([^'\n]*)'", code_of(text)) if found in words}


def test_no_scorecard_band_cap_or_profile_is_named_in_sql() -> None:
    words = words_of_seeds()
    found = {path.stem: literal_words(path.read_text("utf-8"), words) for path in judged_files()}
    named = {name: of for name, of in found.items() if of}
    assert named == {name: set(of) for name, of in KNOWN_WORDS.items()}


def test_a_named_band_is_found() -> None:
    assert literal_words("when score < 0 then 'Stable' -- 'red'", words_of_seeds()) == {"Stable"}


# ------------------------------------------------------------------------------------------- twins


def without_twin(files: list[Path]) -> list[str]:
    return [path.name for path in files if not path.with_suffix(".yml").exists()]


def without_grain(files: list[Path]) -> list[str]:
    return [
        path.name
        for path in files
        if not re.match(r"-- One row( per|,|:) ", path.read_text(encoding="utf-8"))
    ]


def test_every_model_has_a_twin_and_says_its_grain() -> None:
    models = sql_files("models")
    assert models
    assert not without_twin(models)
    assert not without_grain(models)
    assert not without_twin(sorted((ROOT / "seeds").rglob("*.csv")))


def test_a_model_without_twin_or_grain_is_found(tmp_path: Path) -> None:
    model = tmp_path / "int_things.sql"
    model.write_text("-- Things.\nselect 1")
    assert without_twin([model]) == without_grain([model]) == ["int_things.sql"]


# -------------------------------------------------------------------------------------- audit gate

GATE = "int_audit_gate"


def relations(manifest: object) -> dict:
    """Unique id -> model or seed."""
    return {
        node_id: node
        for node_id, node in manifest.nodes.items()
        if str(node.resource_type) in ("model", "seed")
    }


LAST = ("history_alert_dates", "history_alerts", "history_completed", "history_uses")


def is_behind(node: object) -> bool:
    """Whether a model belongs behind the gate: a mart, or the notes that a day passed it."""
    return node.path.startswith("marts/") or node.name in LAST


def ancestors(manifest: object, node_id: str) -> set[str]:
    nodes, found, waiting = relations(manifest), set(), [node_id]
    while waiting:
        node = nodes.get(waiting.pop())
        for parent in node.depends_on_nodes if node is not None else ():
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def gate_of(manifest: object) -> str:
    return next(node_id for node_id, node in relations(manifest).items() if node.name == GATE)


def outside_the_gate(manifest: object) -> list[str]:
    """Data tests of which a failure would not stop the marts.

    dbt lets a failed test stop what depends on everything that the test reads.
    """
    nodes, before = relations(manifest), ancestors(manifest, gate_of(manifest))
    return sorted(
        f"{test.name}: {nodes[parent].name}"
        for test in manifest.nodes.values()
        if str(test.resource_type) == "test"
        for parent in test.depends_on_nodes
        if parent in nodes and parent not in before and not is_behind(nodes[parent])
    )


def past_the_gate(manifest: object) -> list[str]:
    """Marts that do not wait for the gate, and models behind it that are no marts."""
    nodes, gate = relations(manifest), gate_of(manifest)
    behind = {node_id for node_id in nodes if gate in ancestors(manifest, node_id)}
    return sorted(
        node.name for node_id, node in nodes.items() if is_behind(node) != (node_id in behind)
    )


def test_every_tested_model_is_before_the_gate_and_every_mart_behind_it(
    parsed_project: tuple,
) -> None:
    _, manifest = parsed_project
    assert not outside_the_gate(manifest)
    assert not past_the_gate(manifest)


def test_a_gap_in_the_gate_is_found(parsed_project: tuple) -> None:
    _, manifest = parsed_project
    planted = SimpleNamespace(nodes=copy.deepcopy(manifest.nodes))
    gate = planted.nodes[gate_of(planted)]
    first = next(node for node in planted.nodes.values() if node.name == "int_scoring_gate")
    left_out = next(node for node in first.depends_on.nodes if node.endswith("int_segment_health"))
    first.depends_on.nodes.remove(left_out)
    assert any("int_segment_health" in line for line in outside_the_gate(planted))
    mart = next(node for node in planted.nodes.values() if node.name == "account_health")
    mart.depends_on.nodes.remove(gate.unique_id)
    assert past_the_gate(planted) == ["account_health"]


# --------------------------------------------------------------------------- documented, exposures


def undocumented(manifest: object) -> list[str]:
    """Models, seeds, exposures and metrics without a description, and columns without one."""
    nodes = relations(manifest)
    described = [*nodes.values(), *manifest.exposures.values(), *manifest.metrics.values()]
    return sorted(
        [node.name for node in described if not node.description.strip()]
        + [
            f"{node.name}.{column.name}"
            for node in nodes.values()
            for column in node.columns.values()
            if not column.description.strip()
        ]
    )


def test_every_model_column_exposure_and_metric_is_described(parsed_project: tuple) -> None:
    _, manifest = parsed_project
    assert len(manifest.exposures) == 3 and len(manifest.metrics) > 20
    assert not undocumented(manifest)


def test_what_is_not_described_is_found(parsed_project: tuple) -> None:
    _, manifest = parsed_project
    planted = copy.deepcopy(manifest)
    mart = next(node for node in planted.nodes.values() if node.name == "account_health")
    mart.columns["band"].description = " "
    exposure = next(node for node in planted.exposures.values() if node.name == "digest")
    exposure.description = ""
    assert undocumented(planted) == ["account_health.band", "digest"]


def marts_read_by(patterns: list[str]) -> set[str]:
    """Marts that the files of scripts/health_score name."""
    files = [sorted((ROOT / "scripts/health_score").glob(pattern)) for pattern in patterns]
    assert all(files), patterns
    text = "\n".join(path.read_text(encoding="utf-8") for found in files for path in found)
    marts = {path.stem for path in (ROOT / "models/marts").rglob("*.sql")}
    return marts & set(re.findall(r"\bmarts\.([a-z_]+)", text))


def test_an_exposure_depends_on_the_marts_that_its_code_reads(parsed_project: tuple) -> None:
    _, manifest = parsed_project
    checked = {}
    for exposure in manifest.exposures.values():
        read = marts_read_by(exposure.meta["read_by"])
        declared = {manifest.nodes[name].name for name in exposure.depends_on.nodes}
        checked[exposure.name] = (sorted(read), sorted(declared))
    assert set(checked) == {"crm_export", "digest", "report"}
    assert all(read == declared for read, declared in checked.values()), checked


# ----------------------------------------------------------------------------------------- privacy

PRIVATE = ("email", "role", "comment", "note", "user_id")
# Counting people needs their keys, and nothing else; the keys stay in these models.
COUNTS_USERS = {"int_usage_user_days", "int_adoption_signals"}
PUBLISHED = {
    "account_id", "account_name", "csm", "plan", "industry", "region", "parent_account_id",
    "profile", "lifecycle_stage", "account_age_days", "is_paying", "mrr", "renewal_date",
    "days_to_renewal", "score_date", "scorecard", "is_primary", "score", "capped_score",
    "effective_score", "score_low", "score_high", "coverage", "source_coverage", "band",
    "colour", "action_plan", "next_band", "points_to_next_band", "strongest_positive_driver",
    "strongest_negative_driver", "cap_name", "cap_reason", "cap_signal", "cap_title",
    "cap_value", "cap_unit", "override_id", "override_kind",
    "override_value", "override_reason", "override_author", "override_expires_on",
    "is_set_without_score", "signal", "title", "dimension", "value", "unit", "state",
    "observed_on", "missing_policy", "is_imputed", "points", "applicable_weight", "weight",
    "contribution", "points_lost", "points_for_next_band", "value_for_next_band",
    "segment_type", "segment", "account_count", "scored_account_count", "average_score",
    "revenue_weighted_score", "average_computed_score", "revenue_weighted_computed_score",
    "unknown_mrr_count", "red_account_count", "red_mrr",
    "measured_share", "stale_share", "missing_share", "not_applicable_share", "ageing_share",
    "newest_observed_on", "min_value", "lower_quartile", "median", "upper_quartile",
    "max_value", "population_stability_index", "moved_share", "missing_rate_jump", "median_ratio",
    "flag", "probable_cause", "finding", "severity", "subject", "row_count", "detail", "remedy",
    "table_name", "connector", "raw_rows", "accepted_rows", "superseded_rows", "rejected_rows",
    "duplicate_rows", "row_key", "reason", "version", "built_at", "published_at", "newest_on",
    "config_version", "scoring_version", "vars_in_force", "is_synthetic",
    "change_7d", "change_28d", "change_90d", "slope_90d", "trend", "is_as_published",
    "is_current_config", "compared_with", "from_date", "from_config_version", "profile_before",
    "profile_after", "plan_before", "plan_after", "in_use_since", "score_before", "score_after",
    "status", "part", "value_before", "value_after", "state_before", "state_after",
    "first_used_on", "last_used_on",
    "month", "churn_source", "is_final", "moved_account_count", "opening_account_count",
    "new_account_count", "reactivated_account_count", "churned_account_count",
    "lapsed_account_count", "closing_account_count", "returned_account_count",
    "within_month_account_count", "carried_account_count", "moved_mrr", "revaluation_mrr",
    "opening_mrr", "new_mrr", "reactivation_mrr", "expansion_mrr", "contraction_mrr",
    "churned_mrr", "closing_mrr", "carried_mrr", "retained_mrr", "cohort_closing_mrr",
    "unpriced_subscription_count", "logo_churn_rate", "revenue_churn_rate",
    "gross_revenue_retention", "net_revenue_retention", "subscription_id", "is_addon", "currency",
    "amount",
    "score_date_count", "is_current", "content", "is_due", "known_row_count", "known_until",
    "account_date_count", "adjusted_p_value", "attribute", "auc", "auc_high", "auc_low",
    "audited_group", "band_rank", "base_rate", "better", "churn_rate", "churn_rate_high",
    "churn_rate_low", "churned_count", "churned_coverage", "cohort", "days_to_renewal_auc",
    "difference", "difference_high", "difference_low", "effective_auc", "effective_auc_high",
    "effective_auc_low", "evidence", "expansion_rate", "explanation", "figure", "figure_high",
    "first_score_date", "floor", "horizon_days", "idle_days_auc", "interval_method",
    "is_headline", "kept_account_count", "kept_warned_mrr_share_30d", "kept_warned_mrr_share_60d",
    "kept_warned_mrr_share_90d", "kept_warned_share_30d", "kept_warned_share_60d",
    "kept_warned_share_90d", "last_score_date", "lead_days", "lift_10", "lift_10_high",
    "lift_10_low", "lift_20", "lift_5", "may_choose_profiles", "measure",
    "most_alike_correlation", "most_alike_signal", "multiple_of_base", "on_miss",
    "others_average_score", "others_figure", "quarter", "scorecard_count", "signal_group",
    "tenure_auc", "unscored_churned_share", "unscored_kept_share", "verdict",
    "warned_mrr_share_30d", "warned_mrr_share_60d", "warned_mrr_share_90d", "warned_share_30d",
    "alert_count", "held_count", "never_told_count", "alerts_per_week", "alerts_per_week_per_100",
    "held_until",
    "warned_share_60d", "warned_share_90d", "group_type", "judged_count",
    "judgement", "judgement_count", "kind", "left_count", "left_rate", "left_rate_high",
    "left_rate_low", "person", "right_count", "right_rate", "right_rate_by_chance",
    "right_rate_high", "right_rate_low",
    "alert_id", "closed_because", "closed_on", "held_because", "is_baseline", "is_held",
    "opened_on", "ordinal", "reason_1", "reason_2", "reason_3", "rule", "rules_version",
    "rank_within_csm", "rank_overall", "priority", "is_median_mrr", "renewal_factor",
    "target_value", "gain", "score_if_moved", "band_if_moved", "play", "seats", "sign_count",
    "is_nearly_full",
    "is_growing", "is_asking", "calendar_date", "offer", "next_plan", "plan_step_mrr",
    "added_seats",
    "added_seats_mrr", "estimated_mrr", "stage", "signed_up_on", "done_step_count", "step_count",
    "done_steps", "unknown_steps", "next_step", "next_action", "is_next_step_late",
}  # fmt: skip


def private_words(text: str) -> set[str]:
    """Private columns that a model reads, names in texts and comments aside."""
    return set(re.findall(rf"\b({'|'.join(PRIVATE)})\b", without_strings(code_of(text))))


def test_no_model_after_staging_reads_what_is_private_to_users() -> None:
    found = {
        path.stem: private_words(path.read_text("utf-8"))
        for path in sql_files("models/intermediate", "models/validation", "models/marts")
    }
    readers = {name: words for name, words in found.items() if words}
    assert readers == dict.fromkeys(COUNTS_USERS, {"user_id"})


def test_models_that_read_users_only_count_them(parsed_project: tuple) -> None:
    _, manifest = parsed_project
    nodes = relations(manifest)
    of_users = {
        node.name
        for node in nodes.values()
        for parent in node.depends_on_nodes
        if parent in nodes and nodes[parent].name == "int_usage_user_days"
    }
    # The days that are covered wait for it, and read nothing of it.
    assert of_users == {"int_adoption_signals", "int_usage_covered_days"}
    text = (ROOT / "models/intermediate/int_adoption_signals.sql").read_text("utf-8")
    counted = re.findall(r"count\(distinct user_days\.user_id\)", text)
    assert len(counted) == len(re.findall(r"\buser_id\b", code_of(text)))


def test_marts_have_no_columns_but_those_allowed(parsed_project: tuple) -> None:
    _, manifest = parsed_project
    columns = {
        column
        for node in relations(manifest).values()
        if is_behind(node)
        for column in node.columns
    }
    assert not columns - PUBLISHED, "a new column of a mart has to be allowed in PUBLISHED"
    assert not PUBLISHED & set(PRIVATE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("select users.email from users", {"email"}),
        ("max(comment) as last_words", {"comment"}),
        ("{{ rounded(note) }}", {"note"}),
        ("action = 'comment' -- email\n and comments_90d > 0", set()),
    ],
)
def test_a_private_column_is_found(text: str, words: set[str]) -> None:
    assert private_words(text) == words
