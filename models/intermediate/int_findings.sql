-- One row per finding: advice on the input, on the sources and on the configuration.

with

input_findings as (

    select * from {{ ref('int_input_findings') }}

),

config_findings as (

    select * from {{ ref('int_config_findings') }}

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
