-- One row per score date, signal and bin of the earlier values: the accounts in it then and now.

with

drift_values as (

    select * from {{ ref('int_signal_drift_values') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

measured as (

    select
        score_date,
        signal,
        is_present,
        value,
        account_count

    from drift_values

    where state = 'measured'

),

ranked as (

    select
        score_date,
        signal,
        value,
        account_count,
        sum(account_count) over (
            partition by
                score_date,
                signal
            order by value
            rows between unbounded preceding and current row
        ) as through_count,
        sum(account_count) over (
            partition by
                score_date,
                signal
        ) as measured_count,
        count(*) over (
            partition by
                score_date,
                signal
        ) as distinct_count

    from measured

    where is_present = 0

),

-- With ten bins a decile of the accounts ends with each edge. A value that fills two bins by itself
-- is a bin of its own, and so is every value of a signal that has no more values than bins.
cut as (

    select
        ranked.score_date,
        ranked.signal,
        ranked.value,
        ranked.through_count,
        ranked.measured_count,
        floor({{ ratio('settings.drift_bins * ranked.through_count', 'ranked.measured_count') }})
        - floor({{ ratio(
            'settings.drift_bins * (ranked.through_count - ranked.account_count)', 'ranked.measured_count',
        ) }}) as bins_ended,
        case
            when ranked.distinct_count <= settings.drift_bins then 1
            when settings.drift_bins * ranked.account_count >= 2 * ranked.measured_count then 1
            else 0
        end as is_own_bin

    from ranked

    cross join settings

),

edges as (

    select
        score_date,
        signal,
        value,
        is_own_bin

    from cut

    where
        is_own_bin = 1
        or (bins_ended >= 1 and through_count < measured_count)

),

placed as (

    select
        measured.score_date,
        measured.signal,
        measured.is_present,
        measured.value,
        measured.account_count,
        sum(
            case when measured.value > edges.value then 1 else 0 end
            + case when measured.value >= edges.value then edges.is_own_bin else 0 end
        ) as bin

    from measured

    inner join edges
        on measured.score_date = edges.score_date
        and measured.signal = edges.signal

    group by
        measured.score_date,
        measured.signal,
        measured.is_present,
        measured.value,
        measured.account_count

)

select
    score_date,
    signal,
    cast(bin as integer) as bin,
    cast(sum(case when is_present = 0 then account_count else 0 end) as bigint) as former_count,
    cast(sum(case when is_present = 1 then account_count else 0 end) as bigint) as present_count
from placed
group by
    score_date,
    signal,
    bin
