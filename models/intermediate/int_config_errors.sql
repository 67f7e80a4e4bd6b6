-- One row per thing that is wrong in the config seeds, with what to do about it.

with

cells as (

    select * from {{ ref('int_config_errors_cells') }}

),

names as (

    select * from {{ ref('int_config_errors_names') }}

),

words as (

    select * from {{ ref('int_config_errors_words') }}

),

rules as (

    select * from {{ ref('int_config_errors_rules') }}

),

tiers as (

    select * from {{ ref('int_config_errors_tiers') }}

),

weights as (

    select * from {{ ref('int_config_errors_weights') }}

),

scorecards as (

    select * from {{ ref('int_config_errors_scorecards') }}

),

profiles as (

    select * from {{ ref('int_config_errors_profiles') }}

),

settings as (

    select * from {{ ref('int_config_errors_settings') }}

),

alerts as (

    select * from {{ ref('int_config_errors_alerts') }}

),

actions as (

    select * from {{ ref('int_config_errors_actions') }}

),

config_errors as (

    select
        file_name,
        row_key,
        problem
    from cells

    union all

    select
        file_name,
        row_key,
        problem
    from names

    union all

    select
        file_name,
        row_key,
        problem
    from words

    union all

    select
        file_name,
        row_key,
        problem
    from rules

    union all

    select
        file_name,
        row_key,
        problem
    from tiers

    union all

    select
        file_name,
        row_key,
        problem
    from weights

    union all

    select
        file_name,
        row_key,
        problem
    from scorecards

    union all

    select
        file_name,
        row_key,
        problem
    from profiles

    union all

    select
        file_name,
        row_key,
        problem
    from settings

    union all

    select
        file_name,
        row_key,
        problem
    from alerts

    union all

    select
        file_name,
        row_key,
        problem

    from actions

)

select * from config_errors
