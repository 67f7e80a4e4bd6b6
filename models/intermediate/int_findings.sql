-- One row per finding: advice on input, overrides, configuration, signals, revenue, the worklist, what scores are worth.

with

input_findings as (

    select * from {{ ref('int_input_findings') }}

),

config_findings as (

    select * from {{ ref('int_config_findings') }}

),

override_findings as (

    select * from {{ ref('int_override_findings') }}

),

drift_findings as (

    select * from {{ ref('int_drift_findings') }}

),

revenue_findings as (

    select * from {{ ref('int_revenue_findings') }}

),

backtest_findings as (

    select * from {{ ref('int_backtest_findings') }}

),

worklist_findings as (

    select * from {{ ref('int_worklist_findings') }}

),

together as (

    select
        finding,
        severity,
        subject,
        row_count,
        detail,
        remedy

    from input_findings

    union all

    select
        finding,
        severity,
        subject,
        row_count,
        detail,
        remedy

    from config_findings

    union all

    select
        finding,
        severity,
        subject,
        row_count,
        detail,
        remedy

    from override_findings

    union all

    select
        finding,
        severity,
        subject,
        row_count,
        detail,
        remedy

    from drift_findings

    union all

    select
        finding,
        severity,
        subject,
        row_count,
        detail,
        remedy

    from revenue_findings

    union all

    select
        finding,
        severity,
        subject,
        row_count,
        detail,
        remedy

    from backtest_findings

    union all

    select
        finding,
        severity,
        subject,
        row_count,
        detail,
        remedy

    from worklist_findings

    {{ connector_findings() }}

)

select
    finding,
    severity,
    subject,
    row_count,
    detail,
    remedy
from together
