-- One row per signal: the group of signals that say the same, named by its first member.
{%- set steps = 4 %}

with

signals as (

    select * from {{ ref('signals') }}

),

correlations as (

    select * from {{ ref('int_signal_correlations') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

alike as (

    select
        correlations.signal,
        correlations.other_signal

    from correlations

    cross join settings

    where abs(correlations.correlation) >= settings.same_signal_correlation

    union all

    select
        signal,
        signal as other_signal

    from signals

),

-- The name of the first member travels along the pairs, a pair a step.
named_0 as (

    select
        signal,
        signal as signal_group

    from signals

),
{% for step in range(1, steps + 1) %}
    named_{{ step }} as (

        select
            alike.signal,
            min(named_{{ step - 1 }}.signal_group) as signal_group

        from alike

        inner join named_{{ step - 1 }}
            on alike.other_signal = named_{{ step - 1 }}.signal

        group by alike.signal

    ),
{% endfor %}
ranked as (

    select
        signal,
        other_signal,
        correlation,
        row_number() over (
            partition by signal
            order by
                abs(correlation) desc,
                other_signal
        ) as likeness

    from correlations

    where correlation is not null

)

select
    named_{{ steps }}.signal,
    named_{{ steps }}.signal_group,
    ranked.other_signal as most_alike_signal,
    ranked.correlation as most_alike_correlation
from named_{{ steps }}
left join ranked
    on named_{{ steps }}.signal = ranked.signal
    and ranked.likeness = 1
