-- One row per compared score date and signal: how differently the accounts are spread over the bins.

with

bins as (

    select * from {{ ref('int_signal_drift_bins') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

shares as (

    select
        bins.score_date,
        bins.signal,
        bins.bin,
        bins.former_count,
        bins.present_count,
        settings.drift_index_min_accounts,
        sum(bins.former_count) over (
            partition by
                bins.score_date,
                bins.signal
        ) as former_total,
        sum(bins.present_count) over (
            partition by
                bins.score_date,
                bins.signal
        ) as present_total,
        greatest(bins.former_count, settings.drift_empty_bin_accounts) as former_floored,
        greatest(bins.present_count, settings.drift_empty_bin_accounts) as present_floored

    from bins

    cross join settings

),

enough as (

    select
        score_date,
        signal,
        bin,
        {{ ratio('former_count', 'former_total') }} as former_share,
        {{ ratio('present_count', 'present_total') }} as present_share,
        {{ ratio('former_floored', 'former_total') }} as former_floored_share,
        {{ ratio('present_floored', 'present_total') }} as present_floored_share

    from shares

    where
        former_total >= drift_index_min_accounts
        and present_total >= drift_index_min_accounts

),

terms as (

    select
        score_date,
        signal,
        {{ rounded(
            '(present_floored_share - former_floored_share) * ln(present_floored_share / former_floored_share)'
        ) }} as term,
        -- Above zero: so many more accounts stand beyond the end of this bin than did.
        {{ rounded('sum(former_share - present_share) over (
            partition by
                score_date,
                signal
            order by bin
            rows between unbounded preceding and current row
        )') }} as beyond_share

    from enough

),

totals as (

    select
        score_date,
        signal,
        sum(term) as population_stability_index,
        max(beyond_share) as moved_up_share,
        -min(beyond_share) as moved_down_share

    from terms

    group by
        score_date,
        signal

)

select
    score_date,
    signal,
    cast(population_stability_index as numeric(28, 6)) as population_stability_index,
    cast(
        case when moved_up_share >= moved_down_share then moved_up_share else -moved_down_share end
        as numeric(28, 6)
    ) as moved_share
from totals
