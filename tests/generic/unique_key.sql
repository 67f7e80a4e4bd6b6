{#
    One row per key, and no empty part in a key.

    after   a model that must be built first. A failed test stops whatever
            stands behind it; a test on a seed would stop the very model that
            says in a sentence what is wrong with the seed. With `after` it
            stops only what comes later.
#}
{% test unique_key(model, columns, after=none) %}

    {%- if after %}
    -- depends_on: {{ ref(after) }}
    {%- endif %}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        {%- for column in columns %}
        or {{ column }} is null
        {%- endfor %}

{% endtest %}
