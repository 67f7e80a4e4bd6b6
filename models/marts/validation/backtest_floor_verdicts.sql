-- One row per floor of the seed: is it reached?

with

verdicts as (

    select * from {{ audited('int_backtest_floors') }}

)

select
    scorecard,
    horizon_days,
    lead_days,
    measure,
    floor,
    on_miss,
    evidence,
    figure,
    figure_high,
    verdict,
    explanation
from verdicts
