{#
    Fails where the last step of the path is not the score of the later day
    though nothing but the profile could be between them.
#}
{% test same_profile_no_part(model) %}

    select *
    from {{ model }}
    where
        part = 'profile'
        and profile_before = profile_after

{% endtest %}
