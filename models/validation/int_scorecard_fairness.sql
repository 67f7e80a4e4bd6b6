-- One row per scorecard, audited group and measure: the group against all others.

with

rates as (

    select * from {{ ref('int_fairness_rates') }}

),

estimates as (

    select * from {{ ref('int_fairness_estimates') }}

),

audited_attributes as (

    select * from {{ ref('audited_attributes') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

sides as (

    select
        rates.scorecard,
        rates.attribute,
        rates.audited_group,
        rates.is_member,
        rates.account_count,
        rates.churned_account_count,
        rates.kept_account_count,
        rates.average_score,
        rates.lower_quartile,
        rates.median,
        rates.upper_quartile,
        rates.selection_rate,
        rates.selection_error,
        rates.missed_rate,
        rates.missed_error,
        estimates.auc,
        estimates.auc_error

    from rates

    left join estimates
        on rates.scorecard = estimates.scorecard
        and rates.attribute = estimates.attribute
        and rates.audited_group = estimates.audited_group
        and rates.is_member = estimates.is_member

),

measured as (
    {% for measure, error in (
        ('auc', 'auc_error'), ('missed_rate', 'missed_error'), ('selection_rate', 'selection_error')
    ) %}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            members.scorecard,
            members.attribute,
            members.audited_group,
            '{{ measure }}' as measure,
            members.account_count,
            members.churned_account_count,
            members.kept_account_count,
            members.average_score,
            members.lower_quartile,
            members.median,
            members.upper_quartile,
            others.average_score as others_average_score,
            case
                when
                    members.churned_account_count >= settings.backtest_min_accounts
                    and members.kept_account_count >= settings.backtest_min_accounts
                    and others.churned_account_count >= settings.backtest_min_accounts
                    and others.kept_account_count >= settings.backtest_min_accounts
                    then 1
                else 0
            end as has_enough,
            members.{{ measure }} as figure,
            others.{{ measure }} as others_figure,
            members.{{ measure }} - others.{{ measure }} as difference,
            sqrt(
                cast(members.{{ error }} * members.{{ error }} as {{ type_double() }})
                + cast(others.{{ error }} * others.{{ error }} as {{ type_double() }})
            ) as difference_error,
            settings.confidence_z

        from sides as members

        cross join settings

        inner join sides as others
            on members.scorecard = others.scorecard
            and members.attribute = others.attribute
            and members.audited_group = others.audited_group
            and others.is_member = 0

        where members.is_member = 1
    {% endfor %}
),

tested as (

    select
        *,
        case
            when has_enough = 0 then null
            when difference = 0 then 1
            when difference_error > 0 then {{ normal_tail('difference / difference_error') }}
        end as p_value

    from measured

),

-- Holm over all groups and measures of a scorecard: the k-th smallest of m is multiplied by m - k + 1, and none
-- may be below the one before it.
ranked as (

    select
        *,
        p_value * (
            count(p_value) over (partition by scorecard)
            - row_number()
                over (
                    partition by scorecard
                    order by
                        case when p_value is null then 1 else 0 end,
                        p_value,
                        attribute,
                        audited_group,
                        measure
                )
            + 1
        ) as scaled_p_value

    from tested

),

adjusted as (

    select
        *,
        max(scaled_p_value) over (
            partition by scorecard
            order by
                case when p_value is null then 1 else 0 end,
                p_value,
                attribute,
                audited_group,
                measure
            rows between unbounded preceding and current row
        ) as running_p_value

    from ranked

)

select
    adjusted.scorecard,
    adjusted.attribute,
    adjusted.audited_group,
    cast(adjusted.measure as {{ dbt.type_string() }}) as measure,
    adjusted.account_count,
    adjusted.churned_account_count,
    adjusted.kept_account_count,
    adjusted.average_score,
    adjusted.lower_quartile,
    adjusted.median,
    adjusted.upper_quartile,
    adjusted.others_average_score,
    case when adjusted.has_enough = 1 then adjusted.figure end as figure,
    case when adjusted.has_enough = 1 then adjusted.others_figure end as others_figure,
    case when adjusted.has_enough = 1 then cast(adjusted.difference as numeric(28, 6)) end as difference,
    {{ rounded('case
        when adjusted.has_enough = 1 and adjusted.difference_error > 0
            then adjusted.difference - adjusted.confidence_z * adjusted.difference_error
    end') }} as difference_low,
    {{ rounded('case
        when adjusted.has_enough = 1 and adjusted.difference_error > 0
            then adjusted.difference + adjusted.confidence_z * adjusted.difference_error
    end') }} as difference_high,
    {{ rounded('case
        when adjusted.p_value is null then null
        when adjusted.running_p_value > 1 then 1
        else adjusted.running_p_value
    end') }} as adjusted_p_value,
    cast(case
        when adjusted.p_value is null then 'unknown'
        when adjusted.running_p_value < settings.significance_level then 'differs'
        else 'no difference shown'
    end as {{ dbt.type_string() }}) as verdict,
    audited_attributes.may_choose_profiles,
    cast(case
        when adjusted.p_value is not null then null
        when adjusted.has_enough = 1 and adjusted.difference is null
            then 'not measured in the group or in all others: too few who left, or stayed, have a score'
        when adjusted.has_enough = 1
            then 'no spread: accounts of the group are all alike, and so are all others, so chance cannot be told'
        else 'the group has ' || adjusted.churned_account_count || ' churned and ' || adjusted.kept_account_count
            || ' kept accounts; it and all others need ' || settings.backtest_min_accounts || ' each'
    end as {{ dbt.type_string() }}) as reason,
    cast('{{ var("churn_source") }}' as {{ dbt.type_string() }}) as churn_source
from adjusted
cross join settings
inner join audited_attributes
    on adjusted.attribute = audited_attributes.attribute
