-- One row per live account, score date and signal of what customers answer.

with

accounts as (

    select * from {{ ref('int_account_dates') }}

),

survey_responses as (

    select * from {{ ref('stg_survey_responses') }}

),

answers as (

    select
        accounts.account_id,
        accounts.score_date,
        survey_responses.survey_type,
        survey_responses.score,
        survey_responses.happened_on,
        case
            when survey_responses.happened_on > {{ days_before('accounts.score_date', 90) }} then 1
            else 0
        end as is_in_90d,
        case
            when survey_responses.happened_on > {{ days_before('accounts.score_date', 365) }} then 1
            else 0
        end as is_in_365d,
        row_number() over (
            partition by
                accounts.account_id,
                accounts.score_date,
                survey_responses.survey_type
            order by
                survey_responses.responded_at desc,
                survey_responses.response_id desc,
                survey_responses.score desc
        ) as answer_number

    from accounts

    inner join survey_responses
        on accounts.account_id = survey_responses.account_id
        and accounts.score_date >= survey_responses.happened_on
        and accounts.score_date >= survey_responses.known_on

),

totals as (

    select
        account_id,
        score_date,
        max(case when survey_type = 'nps' and answer_number = 1 then score end) as nps_latest,
        max(case when survey_type = 'nps' and answer_number = 1 then happened_on end) as nps_answered_on,
        max(case when survey_type = 'csat' and answer_number = 1 then score end) as csat_latest,
        max(case when survey_type = 'csat' and answer_number = 1 then happened_on end) as csat_answered_on,
        sum(
            case
                when survey_type <> 'nps' or is_in_365d = 0 then 0
                when score >= 9 then 1
                when score <= 6 then -1
                else 0
            end
        ) as promoters_less_detractors,
        sum(case when survey_type = 'nps' then is_in_365d else 0 end) as nps_answers,
        sum(case when survey_type = 'csat' and is_in_90d = 1 then score end) as csat_sum,
        sum(case when survey_type = 'csat' then is_in_90d else 0 end) as csat_answers,
        sum(case when survey_type = 'ces' and is_in_90d = 1 then score end) as ces_sum,
        sum(case when survey_type = 'ces' then is_in_90d else 0 end) as ces_answers

    from answers

    group by
        account_id,
        score_date

),

measured as (

    select
        accounts.account_id,
        accounts.score_date,
        totals.nps_latest,
        totals.nps_answered_on,
        totals.csat_latest,
        totals.csat_answered_on,
        {{ ratio('100 * totals.promoters_less_detractors', 'totals.nps_answers') }} as nps_score_365d,
        {{ ratio('totals.csat_sum', 'totals.csat_answers') }} as csat_avg_90d,
        {{ ratio('totals.ces_sum', 'totals.ces_answers') }} as ces_avg_90d

    from accounts

    left join totals
        on accounts.account_id = totals.account_id
        and accounts.score_date = totals.score_date

),

signals as (

    {{ signal_rows('measured', ['nps_latest'], observed_on='nps_answered_on') }}

    union all

    {{ signal_rows('measured', ['csat_latest'], observed_on='csat_answered_on') }}

    union all

    {{ signal_rows('measured', ['nps_score_365d', 'csat_avg_90d', 'ces_avg_90d']) }}

)

select * from signals
