-- One row per judged account-date of today's configuration, audited attribute and group: the group, and all others.

with

banded_accounts as (

    select * from {{ ref('int_backtest_banded_accounts') }}

),

backtest_accounts as (

    select * from {{ ref('int_backtest_accounts') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

profiles as (

    select * from {{ ref('profiles') }}

),

audited_attributes as (

    select * from {{ ref('audited_attributes') }}

),

scorecards as (

    select * from {{ ref('scorecards') }}

),

versions as (

    select * from {{ ref('int_config_version') }}

),

current_accounts as (

    select
        account_id,
        region,
        industry,
        employee_count

    from accounts

    where superseded_on is null

),

sizes as (

    select
        current_accounts.account_id,
        profiles.profile as account_size,
        row_number() over (
            partition by current_accounts.account_id
            order by profiles.priority
        ) as size_number

    from current_accounts

    inner join profiles
        on current_accounts.employee_count >= coalesce(profiles.employee_count_from, 0)
        and (
            profiles.employee_count_below is null
            or current_accounts.employee_count < profiles.employee_count_below
        )
        and (
            profiles.employee_count_from is not null
            or profiles.employee_count_below is not null
        )

),

attributes as (

    select
        banded_accounts.config_version,
        banded_accounts.scorecard,
        banded_accounts.score_date,
        banded_accounts.account_id,
        current_accounts.region,
        current_accounts.industry,
        backtest_accounts.plan,
        sizes.account_size as size

    from banded_accounts

    inner join versions
        on banded_accounts.config_version = versions.config_version

    inner join scorecards
        on banded_accounts.scorecard = scorecards.scorecard
        and scorecards.is_primary = 1

    inner join backtest_accounts
        on banded_accounts.config_version = backtest_accounts.config_version
        and banded_accounts.score_date = backtest_accounts.score_date
        and banded_accounts.account_id = backtest_accounts.account_id

    inner join current_accounts
        on banded_accounts.account_id = current_accounts.account_id

    left join sizes
        on banded_accounts.account_id = sizes.account_id
        and sizes.size_number = 1

),

membership as (
    {% for attribute in ('region', 'industry', 'plan', 'size') %}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            config_version,
            scorecard,
            score_date,
            account_id,
            '{{ attribute }}' as attribute,
            coalesce({{ attribute }}, 'unknown') as own_group

        from attributes
    {% endfor %}
),

known_groups as (

    select distinct
        membership.attribute,
        membership.own_group as audited_group

    from membership

    inner join audited_attributes
        on membership.attribute = audited_attributes.attribute

)

select
    membership.config_version,
    membership.scorecard,
    membership.score_date,
    membership.account_id,
    cast(membership.attribute as {{ dbt.type_string() }}) as attribute,
    cast(known_groups.audited_group as {{ dbt.type_string() }}) as audited_group,
    cast(case when membership.own_group = known_groups.audited_group then 1 else 0 end as integer) as is_member
from membership
inner join known_groups
    on membership.attribute = known_groups.attribute
