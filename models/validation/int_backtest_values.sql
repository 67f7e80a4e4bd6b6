-- One row per configuration, score date, account, scorecard and measure that is judged.
{%- set keys = [
    'judged.config_version', 'judged.score_date', 'judged.account_id', 'judged.scorecard', 'judged.own_profile',
] %}

with

backtest_dates as (

    select * from {{ ref('int_backtest_dates') }}

),

accounts as (

    select * from {{ ref('int_backtest_accounts') }}

),

scores as (

    select * from {{ ref('history_scores') }}

),

dimensions as (

    select * from {{ ref('history_dimensions') }}

),

overridden as (

    select distinct
        config_version,
        scorecard

    from scores

    where override_id is not null

),

judged as (

    select
        scores.config_version,
        scores.score_date,
        scores.account_id,
        scores.scorecard,
        scores.capped_score,
        scores.effective_score,
        accounts.profile as own_profile,
        accounts.tenure_days,
        accounts.idle_days,
        accounts.days_to_renewal

    from scores

    inner join backtest_dates
        on scores.config_version = backtest_dates.config_version
        and scores.scorecard = backtest_dates.scorecard
        and scores.score_date = backtest_dates.score_date

    inner join accounts
        on scores.config_version = accounts.config_version
        and scores.score_date = accounts.score_date
        and scores.account_id = accounts.account_id

),

medians as (

    select
        config_version,
        score_date,
        scorecard,
        {{ percentile('idle_days', 0.5) }} as idle_days,
        {{ percentile('days_to_renewal', 0.5) }} as days_to_renewal

    from judged

    where capped_score is not null

    group by
        config_version,
        score_date,
        scorecard

),

-- Rivals with fixed directions, on the rows that have a score; unknown is one tie in the middle.
measured as (

    select
        {{ keys | join(', ') }},
        'population' as measure,
        0 as value

    from judged

    union all

    select
        {{ keys | join(', ') }},
        'score' as measure,
        judged.capped_score as value

    from judged

    union all

    select
        {{ keys | join(', ') }},
        'effective score' as measure,
        judged.effective_score as value

    from judged

    inner join overridden
        on judged.config_version = overridden.config_version
        and judged.scorecard = overridden.scorecard

    union all

    select
        {{ keys | join(', ') }},
        'rival: tenure' as measure,
        judged.tenure_days as value

    from judged

    where judged.capped_score is not null

    union all

    select
        {{ keys | join(', ') }},
        'rival: idle days' as measure,
        -coalesce(judged.idle_days, medians.idle_days) as value

    from judged

    inner join medians
        on judged.config_version = medians.config_version
        and judged.score_date = medians.score_date
        and judged.scorecard = medians.scorecard

    where judged.capped_score is not null

    union all

    select
        {{ keys | join(', ') }},
        'rival: days to renewal' as measure,
        coalesce(judged.days_to_renewal, medians.days_to_renewal) as value

    from judged

    inner join medians
        on judged.config_version = medians.config_version
        and judged.score_date = medians.score_date
        and judged.scorecard = medians.scorecard

    where judged.capped_score is not null

    union all

    select
        {{ keys | join(', ') }},
        'dimension: ' || dimensions.dimension as measure,
        dimensions.score as value

    from judged

    inner join dimensions
        on judged.config_version = dimensions.config_version
        and judged.score_date = dimensions.score_date
        and judged.account_id = dimensions.account_id
        and judged.scorecard = dimensions.scorecard

)

select
    config_version,
    score_date,
    account_id,
    scorecard,
    cast(measure as {{ dbt.type_string() }}) as measure,
    own_profile,
    cast(value as numeric(28, 6)) as value
from measured
where value is not null
