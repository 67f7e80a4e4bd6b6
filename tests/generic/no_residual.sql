{# Fails on every change of a score that its parts do not add up to, to the last decimal. #}
{% test no_residual(model, changes) %}

    select
        changes.compared_with,
        changes.score_date,
        changes.account_id,
        changes.scorecard,
        changes.score_after - changes.score_before as score_change,
        coalesce(parts.points, 0) as explained
    from {{ changes }} as changes
    left join (
        select
            compared_with,
            score_date,
            account_id,
            scorecard,
            sum(points) as points
        from {{ model }}
        group by compared_with, score_date, account_id, scorecard
    ) as parts
        on
            changes.compared_with = parts.compared_with
            and changes.score_date = parts.score_date
            and changes.account_id = parts.account_id
            and changes.scorecard = parts.scorecard
    where
        changes.status = 'split'
        and (changes.score_after - changes.score_before) is distinct from coalesce(parts.points, 0)

{% endtest %}
