{#
    AUC, the standard error of it, its interval within 0 and 1, and lift from
    the rows of backtest_sums: CTEs up to `estimated`. NULL with fewer distinct
    churned or kept accounts than the setting backtest_min_accounts.
#}
{% macro backtest_estimates(sums, settings) -%}
proportions as (

    select
        {{ sums }}.*,
        case
            when
                {{ sums }}.churned_accounts >= {{ settings }}.backtest_min_accounts
                and {{ sums }}.kept_accounts >= {{ settings }}.backtest_min_accounts
                then {{ ratio(sums ~ '.wins', sums ~ '.pairs') }}
        end as auc,
        {{ ratio(sums ~ '.caught_10', sums ~ '.churned_rows') }} as caught_rate,
        {{ settings }}.confidence_z

    from {{ sums }}

    cross join {{ settings }}

),

spread as (

    select
        proportions.*,
        case
            when auc is null then null
            when placement_squares - 2 * auc * products + auc * auc * opposite_squares <= 0 then 0
            else {{ ratio(
                'sqrt((placement_squares - 2 * auc * products + auc * auc * opposite_squares)'
                ~ ' * compared_accounts / (compared_accounts - 1))',
                'pairs',
            ) }}
        end as auc_error

    from proportions

),

estimated as (

    select
        spread.*,
        case when auc < confidence_z * auc_error then 0 else auc - confidence_z * auc_error end as auc_low,
        case when auc + confidence_z * auc_error > 1 then 1 else auc + confidence_z * auc_error end as auc_high
        {%- for percent in (5, 10, 20) %},
        case
            when auc is not null then {{ ratio('100 * caught_' ~ percent, percent ~ ' * churned_rows') }}
        end as lift_{{ percent }}
        {%- endfor %},
        case
            when auc is not null
                then 10 * {{ clustered_error(
                    'caught_rate', 'caught_squares', 'caught_products', 'churned_squares', 'churned_rows',
                    'churned_accounts',
                ) }}
        end as lift_10_error

    from spread

)
{%- endmacro %}
