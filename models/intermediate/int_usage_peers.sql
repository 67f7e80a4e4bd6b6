-- One row per live account and score date: where its usage stands among its peers.

with

profiles as (

    select * from {{ ref('int_account_profiles') }}

),

windows as (

    select * from {{ ref('int_usage_windows') }}

),

settings as (

    select * from {{ ref('int_settings') }}

),

ranked as (

    select
        windows.account_id,
        windows.score_date,
        rank() over (
            partition by
                windows.score_date,
                profiles.profile
            order by windows.events_28d
        ) - 1 as quieter_peers,
        count(*) over (
            partition by
                windows.score_date,
                profiles.profile,
                windows.events_28d
        ) - 1 as equal_peers,
        count(*) over (
            partition by
                windows.score_date,
                profiles.profile
        ) - 1 as peers

    from windows

    inner join profiles
        on windows.account_id = profiles.account_id
        and windows.score_date = profiles.score_date

)

select
    ranked.account_id,
    ranked.score_date,
    {{ rounded('case
        when ranked.peers >= settings.min_peer_accounts
            then ' ~ ratio('100 * ranked.quieter_peers + 50 * ranked.equal_peers', 'ranked.peers') ~ '
    end') }} as usage_peer_percentile
from ranked
cross join settings
