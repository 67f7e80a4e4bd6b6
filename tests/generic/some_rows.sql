{# Fails when not one row meets the condition: a run that did nothing is no success. #}
{% test some_rows(model, condition) %}

    select count(*) as rows_that_meet_it
    from {{ model }}
    where {{ condition }}
    having count(*) = 0

{% endtest %}
