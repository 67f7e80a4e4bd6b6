{#
    Who is compared with whom: leavers within the horizon after the lead with
    those who stayed, among all accounts (cohort all) or among those whose renewal
    falls into the same time (renewal). A list of dicts: name, horizon, lead, cohort,
    age (days that must have been observed after the score date), and the SQL
    conditions stays and leaves, on days_to_churn and days_to_renewal.
#}
{% macro backtest_contrasts(cohort='all', horizons=none, leads=none) -%}
    {%- set contrasts = [] -%}
    {%- for horizon in horizons or backtest_windows().horizons -%}
        {%- for lead in leads or backtest_windows().leads -%}
            {%- set last = horizon + lead -%}
            {%- set renews = ' and days_to_renewal > ' ~ lead ~ ' and days_to_renewal <= ' ~ last
                if cohort == 'renewal' else '' -%}
            {%- do contrasts.append({
                'name': horizon ~ '_' ~ lead,
                'horizon': horizon,
                'lead': lead,
                'cohort': cohort,
                'age': last,
                'stays': '(days_to_churn is null or days_to_churn > ' ~ lead ~ ')' ~ renews,
                'leaves': 'days_to_churn > ' ~ lead ~ ' and days_to_churn <= ' ~ last ~ renews,
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(contrasts) }}
{%- endmacro %}
