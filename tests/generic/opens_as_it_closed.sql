{#
    Fails on every segment that opens a month with more or less than it closed
    the month before with, moves and revaluation counted; a month without a row
    is one without anything.
#}
{% test opens_as_it_closed(model, months) %}

    select
        coalesce(opened.segment_type, closed.segment_type) as segment_type,
        coalesce(opened.segment, closed.segment) as segment,
        coalesce(opened.month, closed.next_month) as month,
        closed.closing_mrr,
        opened.moved_mrr,
        opened.revaluation_mrr,
        opened.opening_mrr,
        closed.closing_account_count,
        opened.moved_account_count,
        opened.opening_account_count
    from {{ model }} as opened
    full join (
        select
            rates.segment_type,
            rates.segment,
            following.month as next_month,
            rates.closing_mrr,
            rates.closing_account_count
        from {{ model }} as rates
        inner join {{ months }} as months on rates.month = months.month
        inner join {{ months }} as following on months.closing_date = following.opening_date
    ) as closed
        on
            opened.segment_type = closed.segment_type
            and opened.segment = closed.segment
            and opened.month = closed.next_month
    where
        coalesce(opened.opening_mrr, 0) is distinct from
            coalesce(closed.closing_mrr, 0)
            + coalesce(opened.moved_mrr, 0)
            + coalesce(opened.revaluation_mrr, 0)
        or coalesce(opened.opening_account_count, 0) is distinct from
            coalesce(closed.closing_account_count, 0) + coalesce(opened.moved_account_count, 0)

{% endtest %}
