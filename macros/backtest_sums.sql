{#
    How well values tell those who leave from those who stay, as sums from which
    AUC, its interval and lift follow: CTEs up to `summed`, one row per `keys`,
    `roll` and contrast, with the types that contracts ask for.

    values    relation: config_version, score_date, account_id, value (more is
              healthier) and the columns `match`
    pools     relation: score_date, the columns `match`, `keys` and `roll`: which
              rows of values are compared with each other; a row may be in several
    accounts  relation: config_version, score_date, account_id, days_to_churn,
              days_to_renewal, observed_days
    match     columns that tell, with score_date, in which pools a row of values is
    keys      columns that name what is judged, and among whom
    roll      column over which dates are added up, and also all together ('all');
              none adds up all dates only

    Pairs are of one score date. The placement of a churned row is the number of
    kept rows above it, that of a kept row the number of churned rows below it,
    ties half. Rows of an account are added up over all dates before they are
    squared, since they are not independent: sum over accounts of
    (placement - AUC * opposite)^2 / pairs^2 is the variance of the AUC. Both
    sides place the same pairs, so the sums of placement and of opposite count
    wins and pairs twice.

    A backtest of a year sorts a hundred million rows, so names become numbers
    before that, and rows of an account that count alike in every contrast
    (status, age) are added up before the contrasts are told apart. Twice the
    rows of a quarter that are compared must stay below 2^26 (see packed), which
    a test of int_backtest_sums watches.
#}
{% macro backtest_sums(values, pools, accounts, match, keys, contrasts, roll=none) -%}
{%- set conditions = (
    contrasts | map(attribute='stays') | list + contrasts | map(attribute='leaves') | list
) | unique | list -%}
{%- set numbers = packed(conditions) -%}
{%- set entries = contrasts | map(attribute='stays') | unique | list -%}
{%- set ages = contrasts | map(attribute='age') | unique | sort(reverse=true) -%}
{%- set names = keys + ([roll] if roll else []) -%}
{%- set account_sums = [
    'churned_rows', 'kept_rows', 'placement', 'opposite', 'caught_5', 'caught_10', 'caught_20',
] -%}
flagged as (

    select
        config_version as flagged_config_version,
        score_date as flagged_score_date,
        account_id as flagged_account_id,
        cast(dense_rank() over (order by account_id) as integer) as account_number,
        case when days_to_churn is null then 0 else 1 end as leaves,
        case
            {%- for age in ages %}
            when observed_days >= {{ age }} then {{ age }}
            {%- endfor %}
            else 0
        end as age,
        {% for condition in conditions -%}
        case when {{ condition }} then {{ 2 ** loop.index0 }} else 0 end{{ ' + ' if not loop.last }}
        {%- endfor %} as status
        {%- for condition in conditions %},
        case when {{ condition }} then 1 else 0 end as holds_{{ loop.index0 }}
        {%- endfor %}
        {%- for number in numbers %},
        {{ number }} as flags_{{ loop.index0 }}
        {%- endfor %}

    from {{ accounts }}

),

statuses as (

    select
        status as status_number
        {%- for condition in conditions %},
        max(holds_{{ loop.index0 }}) as holds_{{ loop.index0 }}
        {%- endfor %}

    from flagged

    group by status

),

named as (

    select
        score_date as named_score_date
        {%- for name in match %},
        {{ name }} as named_{{ name }}
        {%- endfor %},
        {{ names | join(',
        ') }},
        cast(dense_rank() over (order by {{ (names + ['score_date']) | join(', ') }}) as integer) as pool_number,
        cast(dense_rank() over (order by {{ names | join(', ') }}) as integer) as cell_number,
        cast(dense_rank() over (order by {{ dbt.date_trunc('quarter', 'score_date') }}) as integer) as quarter_number
        {%- if roll %},
        cast(-dense_rank() over (order by {{ keys | join(', ') }}) as integer) as whole_number
        {%- endif %}

    from {{ pools }}

),

numbered as (

    select
        pool_number,
        cell_number,
        account_number,
        quarter_number,
        age,
        status,
        leaves,
        {% for number in numbers %}
        flags_{{ loop.index0 }},
        {% endfor %}
        value

    from {{ values }}

    inner join flagged
        on {{ values }}.config_version = flagged_config_version
        and {{ values }}.score_date = flagged_score_date
        and {{ values }}.account_id = flagged_account_id

    inner join named
        on {{ values }}.score_date = named_score_date
        {%- for name in match %}
        and {{ values }}.{{ name }} = named_{{ name }}
        {%- endfor %}

),

windowed as (

    select
        cell_number,
        account_number,
        quarter_number,
        age,
        status,
        leaves
        {%- for number in numbers %}
        {%- set i = loop.index0 %},
        sum(flags_{{ i }}) over (partition by pool_number) as total_{{ i }},
        sum(flags_{{ i }}) over (partition by pool_number order by value) as reached_{{ i }},
        sum(flags_{{ i }}) over (partition by pool_number order by value desc) as rest_{{ i }}
        {%- endfor %}

    from numbered

),

-- twice: two times the rows below and the tied ones once, so two times the middle of the tie.
ranked as (

    select
        cell_number,
        account_number,
        quarter_number,
        age,
        status,
        leaves
        {%- for number in numbers %}
        {%- set i = loop.index0 %},
        total_{{ i }},
        total_{{ i }} - rest_{{ i }} as below_{{ i }},
        total_{{ i }} - rest_{{ i }} + reached_{{ i }} as twice_{{ i }}
        {%- endfor %}

    from windowed

),

condensed as (

    select
        cell_number,
        account_number,
        quarter_number,
        age,
        status,
        count(*) as row_count
        {%- for number in numbers %}
        {%- set i = loop.index0 %},
        sum(total_{{ i }}) as total_{{ i }},
        sum(twice_{{ i }}) as twice_{{ i }}
        {%- endfor %}
        {%- for entry in entries %}
        {%- set k = loop.index0 %}
        {%- set below = unpacked('below', conditions.index(entry)) %}
        {%- set tied = '(' ~ unpacked('twice', conditions.index(entry)) ~ ' - 2 * ' ~ below ~ ')' %}
        {%- for percent in (5, 10, 20) %}
        {%- set edge = percent ~ ' * ' ~ unpacked('total', conditions.index(entry)) ~ ' / 100' %},
        sum(case
            when leaves = 0 then 0
            when {{ edge }} <= {{ below }} then 0
            when {{ edge }} >= {{ below }} + {{ tied }} then 1
            else ({{ edge }} - {{ below }}) / {{ tied }}
        end) as caught_{{ percent }}_{{ k }}
        {%- endfor %}
        {%- endfor %}

    from ranked

    group by
        cell_number,
        account_number,
        quarter_number,
        age,
        status

),

by_account as (

    select
        cell_number,
        account_number
        {%- for contrast in contrasts %}
        {%- set name = contrast.name %}
        {%- set in_at = conditions.index(contrast.stays) %}
        {%- set churned_at = conditions.index(contrast.leaves) %}
        {%- set is_churned = 'age >= ' ~ contrast.age ~ ' and holds_' ~ churned_at ~ ' = 1' %}
        {%- set is_kept = 'age >= ' ~ contrast.age ~ ' and holds_' ~ in_at ~ ' = 1 and holds_' ~ churned_at ~ ' = 0' %}
        {%- set kept_count = unpacked('total', in_at) ~ ' - ' ~ unpacked('total', churned_at) %}
        {%- set kept_below = '(' ~ unpacked('twice', in_at) ~ ' - ' ~ unpacked('twice', churned_at) ~ ') / 2' %},
        sum(case when {{ is_churned }} then row_count else 0 end) as churned_rows_{{ name }},
        sum(case when {{ is_kept }} then row_count else 0 end) as kept_rows_{{ name }},
        sum(case
            when {{ is_kept }} then {{ unpacked('twice', churned_at) }} / 2
            when {{ is_churned }} then {{ kept_count }} - {{ kept_below }}
            else 0
        end) as placement_{{ name }},
        sum(case
            when {{ is_kept }} then {{ unpacked('total', churned_at) }}
            when {{ is_churned }} then {{ kept_count }}
            else 0
        end) as opposite_{{ name }}
        {%- for percent in (5, 10, 20) %},
        sum(case when {{ is_churned }} then caught_{{ percent }}_{{ entries.index(contrast.stays) }} else 0 end)
            as caught_{{ percent }}_{{ name }}
        {%- endfor %}
        {%- endfor %}

    from condensed

    inner join statuses
        on status = status_number

    group by
        cell_number,
        account_number

),
{% if roll %}
wholes as (

    select distinct
        cell_number as part_number,
        whole_number

    from named

),
{% endif %}
rolled as (

    select * from by_account
    {%- if roll %}

    union all

    select
        whole_number as cell_number,
        account_number
        {%- for contrast in contrasts %}{% for name in account_sums %},
        sum({{ name }}_{{ contrast.name }}) as {{ name }}_{{ contrast.name }}
        {%- endfor %}{% endfor %}

    from by_account

    inner join wholes
        on cell_number = part_number

    group by
        whole_number,
        account_number
    {%- endif %}

),

wide as (

    select
        cell_number
        {%- for contrast in contrasts %}
        {%- set name = contrast.name %},
        sum(churned_rows_{{ name }}) as churned_rows_{{ name }},
        sum(kept_rows_{{ name }}) as kept_rows_{{ name }},
        sum(case when churned_rows_{{ name }} > 0 then 1 else 0 end) as churned_accounts_{{ name }},
        sum(case when kept_rows_{{ name }} > 0 then 1 else 0 end) as kept_accounts_{{ name }},
        sum(case when opposite_{{ name }} > 0 then 1 else 0 end) as compared_accounts_{{ name }},
        sum(placement_{{ name }}) / 2 as wins_{{ name }},
        sum(opposite_{{ name }}) / 2 as pairs_{{ name }},
        sum(placement_{{ name }} * placement_{{ name }}) as placement_squares_{{ name }},
        sum(placement_{{ name }} * opposite_{{ name }}) as products_{{ name }},
        sum(opposite_{{ name }} * opposite_{{ name }}) as opposite_squares_{{ name }},
        sum(caught_10_{{ name }} * caught_10_{{ name }}) as caught_squares_{{ name }},
        sum(caught_10_{{ name }} * churned_rows_{{ name }}) as caught_products_{{ name }},
        sum(churned_rows_{{ name }} * churned_rows_{{ name }}) as churned_squares_{{ name }}
        {%- for percent in (5, 10, 20) %},
        sum(caught_{{ percent }}_{{ name }}) as caught_{{ percent }}_{{ name }}
        {%- endfor %}
        {%- endfor %}

    from rolled

    group by cell_number

),

cells as (

    select distinct
        {{ names | join(',
        ') }},
        cell_number as named_number

    from named
    {%- if roll %}

    union all

    select distinct
        {{ keys | join(',
        ') }},
        cast('all' as {{ dbt.type_string() }}) as {{ roll }},
        whole_number as named_number

    from named
    {%- endif %}

),

summed as (
    {% for contrast in contrasts %}
    {% if not loop.first %}union all{% endif %}
    select
        {{ names | join(',
        ') }},
        cast({{ contrast.horizon }} as integer) as horizon_days,
        cast({{ contrast.lead }} as integer) as lead_days,
        cast('{{ contrast.cohort }}' as {{ dbt.type_string() }}) as cohort
        {%- for name in ['churned_rows', 'kept_rows', 'churned_accounts', 'kept_accounts', 'compared_accounts'] %},
        cast({{ name }}_{{ contrast.name }} as bigint) as {{ name }}
        {%- endfor %}
        {%- for name in [
            'wins', 'pairs', 'placement_squares', 'products', 'opposite_squares', 'caught_5', 'caught_10',
            'caught_20', 'caught_squares', 'caught_products', 'churned_squares',
        ] %},
        cast({{ name }}_{{ contrast.name }} as {{ type_double() }}) as {{ name }}
        {%- endfor %}
    from wide
    inner join cells
        on cell_number = named_number
    where churned_rows_{{ contrast.name }} + kept_rows_{{ contrast.name }} > 0
    {% endfor %}
)
{%- endmacro %}
