{# Fails on keys that only one of two relations has: nothing lost, nothing invented. #}
{% test same_rows(model, other, columns) %}

    (
        select {{ columns | join(', ') }} from {{ model }}
        except
        select {{ columns | join(', ') }} from {{ other }}
    )
    union all
    (
        select {{ columns | join(', ') }} from {{ other }}
        except
        select {{ columns | join(', ') }} from {{ model }}
    )

{% endtest %}
