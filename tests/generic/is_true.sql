{#
    Every row keeps the claim. An unknown (NULL) is no pass, so a claim about a
    column that may be empty says so: `x is null or x > 0`.

    after   a model that must be built first, see unique_key
#}
{% test is_true(model, expression, column_name=none, after=none) %}

    {%- if after %}
    -- depends_on: {{ ref(after) }}
    {%- endif %}
    select *
    from {{ model }}
    where ({{ expression }}) is not true

{% endtest %}
