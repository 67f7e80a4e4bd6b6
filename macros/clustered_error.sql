{#
    Standard error of a rate (sum of hits / sum of rows) whose rows come from
    the same accounts again and again: from the sums over accounts of hits
    squared, hits times rows, and rows squared.
#}
{% macro clustered_error(rate, hit_squares, products, row_squares, rows, accounts) -%}
    {{ ratio(
        'sqrt(case when ' ~ hit_squares ~ ' - 2 * ' ~ rate ~ ' * ' ~ products ~ ' + ' ~ rate ~ ' * ' ~ rate
        ~ ' * ' ~ row_squares ~ ' > 0 then (' ~ hit_squares ~ ' - 2 * ' ~ rate ~ ' * ' ~ products ~ ' + '
        ~ rate ~ ' * ' ~ rate ~ ' * ' ~ row_squares ~ ') * ' ~ ratio(accounts, accounts ~ ' - 1') ~ ' else 0 end)',
        rows,
    ) }}
{%- endmacro %}
