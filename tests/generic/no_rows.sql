{# For a model that lists what is wrong: each of its rows is a failure. #}
{% test no_rows(model) %}

    select * from {{ model }}

{% endtest %}
