"""The charts of the report by Altair: specifications without data, and pictures of them.

In the page each gets its data by name, and its ink from the style sheet (currentColor), so that
light, dark and print need no second chart.
"""

import altair as alt

from .validation import RIVALS

# Told apart with any kind of colour blindness; every mark has its band in words as well.
COLOURS = {
    "red": "#d55e00",
    "orange": "#e69f00",
    "yellow": "#ecc52c",
    "green": "#009e73",
    "blue": "#3d8fd1",
    "grey": "#8b929c",
}
ACCENT, SECOND, THIRD = "#3d7fd1", "#c2569b", "#8b929c"
INK = "currentColor"
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'
HEIGHT = 220
MONTHS = 36
# Ticks within a month say the day, else a short history has the same label many times.
WHOLE = dict.fromkeys(("year", "quarter", "month"), "%b %Y")
DAY_FORMAT = {**WHOLE, "week": "%-d %b", "date": "%-d %b", "day": "%-d %b"}
# A picture is looked at on white paper or in a chat.
PICTURE_INK, PICTURE_FONT, PICTURE_WIDTH, PICTURE_SCALE = "#1c2430", "sans-serif", 640, 2


def colour_of(name):
    return COLOURS.get(name, COLOURS["grey"])


def config(ink=INK, font=FONT):
    """How every chart looks."""
    text = {"labelColor": ink, "titleColor": ink, "labelFont": font, "titleFont": font}
    return {
        "background": None,
        "font": font,
        "view": {"stroke": None},
        "axis": {
            **text, "gridColor": ink, "gridOpacity": 0.12, "domainColor": ink, "domainOpacity": 0.4,
            "tickColor": ink, "tickOpacity": 0.4, "labelFontSize": 12, "titleFontSize": 12,
            "titleFontWeight": "normal", "labelOverlap": True, "titlePadding": 8,
        },
        "legend": {
            **text, "orient": "top", "title": None, "labelFontSize": 12, "symbolStrokeWidth": 3,
            "columns": 3, "labelLimit": 220,
        },
        "title": {"color": ink, "font": font, "anchor": "start", "fontSize": 15, "offset": 12},
        "text": {"fill": ink, "fontSize": 12, "font": font},
    }  # fmt: skip


def named(name):
    return alt.Chart(alt.NamedData(name=name))


def day(field="day", title=None):
    axis = alt.Axis(format=DAY_FORMAT, tickCount=6, grid=False)
    return alt.X(f"{field}:T", title=title, axis=axis, scale=alt.Scale(type="utc"))


def band_colour(bands, legend=True):
    return alt.Color(
        "band:N",
        scale=alt.Scale(
            domain=[row["band"] for row in bands],
            range=[colour_of(row["colour"]) for row in bands],
        ),
        legend=alt.Legend() if legend else None,
    )


def changes_of_rules():
    """A line on each day on which the configuration changed."""
    rules = named("configs").mark_rule(strokeDash=[4, 3], color=INK, opacity=0.7)
    words = named("configs").mark_text(align="left", dx=4, dy=8, baseline="top", opacity=0.85)
    tip = [
        alt.Tooltip("day:N", title="Rules changed"),
        alt.Tooltip("from:N"),
        alt.Tooltip("to:N"),
    ]
    return (
        rules.encode(x=day(), tooltip=tip),
        words.encode(x=day(), y=alt.value(0), text=alt.value("rules changed")),
    )


def score_axis(card):
    scale = alt.Scale(domain=[0, 100]) if card["is_share"] else alt.Scale(zero=False)
    return {"scale": scale, "axis": alt.Axis(tickCount=5)}


def score_over_time(card, bands):
    scale = alt.Scale(
        domain=["mean of accounts", "weighted by revenue"], range=[ACCENT, SECOND]
    )  # fmt: skip
    lines = named("scores").mark_line(strokeWidth=2.5, point="transparent")
    return alt.layer(
        lines.encode(
            x=day(),
            y=alt.Y("score:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5)),
            color=alt.Color("what:N", scale=scale),
            strokeDash=alt.StrokeDash(
                "what:N", scale=alt.Scale(domain=scale.domain, range=[[1, 0], [6, 3]])
            ),
            tooltip=["day:N", "what:N", alt.Tooltip("score:Q", format=".1f")],
        ),
        *changes_of_rules(),
    )


def revenue_at_risk(card, bands):
    return named("risk").mark_area(
        line={"color": COLOURS["red"]}, color=COLOURS["red"], opacity=0.35
    ).encode(
        x=day(),
        y=alt.Y("at_risk:Q", title=None, axis=alt.Axis(format="~s", tickCount=5)),
        tooltip=[
            "day:N",
            alt.Tooltip("at_risk:Q", format=",.0f", title="at risk"),
            alt.Tooltip("mrr:Q", format=",.0f", title="of"),
        ],
    )  # fmt: skip


def band_mix(card, bands):
    order = alt.Order("rank:Q", sort="descending")
    return alt.layer(
        named("mix")
        .mark_area()
        .encode(
            x=day(),
            y=alt.Y("accounts:Q", stack="normalize", title=None, axis=alt.Axis(format="%")),
            color=band_colour(bands),
            order=order,
            tooltip=["day:N", "band:N", alt.Tooltip("accounts:Q", format=",")],
        ),
        *changes_of_rules(),
    )


def distribution(card, bands):
    return (
        named("bins")
        .mark_bar(binSpacing=1)
        .encode(
            x=alt.X("from:Q", title="effective score", bin=alt.Bin(binned=True)),
            x2="to:Q",
            y=alt.Y("accounts:Q", title="accounts", axis=alt.Axis(tickCount=5, format="d")),
            color=band_colour(bands),
            order=alt.Order("rank:Q"),
            tooltip=["from:Q", "to:Q", "band:N", alt.Tooltip("accounts:Q", format=",")],
        )
    )


def segments(card, bands):
    base = named("segments").encode(
        y=alt.Y("segment:N", title=None, sort=None, axis=alt.Axis(labelLimit=160, grid=False))
    )
    bars = base.mark_bar(height={"band": 0.62}, color=ACCENT, opacity=0.85).encode(
        x=alt.X("average:Q", title="mean effective score", **score_axis(card)),
        tooltip=["segment:N", "average:Q", alt.Tooltip("account_count:Q", format=",")],
    )
    return alt.layer(
        bars,
        base.mark_text(align="left", dx=4).encode(
            x="average:Q", text=alt.Text("average:Q", format=".1f")
        ),
    )


def history(card, bands):
    """One account: its score between the bands, with overrides, caps, alerts and new rules."""
    ranges = named("ranges").encode(
        y=alt.Y("lower:Q", title=None, **score_axis(card)),
        y2="upper:Q",
        color=band_colour(bands, legend=False),
    )
    lines = named("history").encode(x=day())
    edges = {"x": day("from"), "x2": "to:T"}
    return alt.layer(
        ranges.mark_rect(opacity=0.16),
        named("ranges")
        .mark_text(align="left", dx=6, opacity=0.75)
        .encode(x=alt.value(0), y="middle:Q", text="band:N"),
        named("overrides")
        .mark_rect(opacity=0.16, color=INK, stroke=INK)
        .encode(**edges, tooltip=["override:N", "first:N", "last:N"]),
        *changes_of_rules(),
        lines.mark_line(strokeDash=[5, 3], color=THIRD, strokeWidth=2).encode(y="computed:Q"),
        lines.mark_line(
            color=ACCENT, strokeWidth=2.5, point=alt.OverlayMarkDef(size=26, color=ACCENT)
        ).encode(
            y="score:Q",
            tooltip=[
                "day:N", "score:Q", "computed:Q", "band:N", "cap:N", "override:N",
            ],
        ),
        named("alerts")
        .mark_point(shape="triangle-down", filled=True, size=90, yOffset=-14, opacity=1)
        .encode(
            x=day(),
            y="score:Q",
            color=alt.value(COLOURS["red"]),
            tooltip=["opened:N", "title:N", "severity:N", "closed:N"],
        ),
    ).properties(height=280)  # fmt: skip


def dimensions(card, bands):
    """One account: what each dimension adds, and what it keeps the score from 100."""
    kinds = ["adds", "lost"]
    return (
        named("dimensions")
        .mark_bar(height={"band": 0.62})
        .encode(
            y=alt.Y("dimension:N", title=None, sort=None, axis=alt.Axis(grid=False)),
            x=alt.X("points:Q", title="points of the score", axis=alt.Axis(tickCount=5)),
            color=alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[ACCENT, "#b9c1cc"])),
            order=alt.Order("place:Q"),
            tooltip=["dimension:N", "kind:N", alt.Tooltip("points:Q", format=".2f")],
        )
    )


def rivals(card, bands):
    names = [card["title"], *RIVALS.values()]
    colours = [ACCENT, SECOND, THIRD, COLOURS["orange"]]
    who = alt.Color("who:N", scale=alt.Scale(domain=names, range=colours))
    base = named("rivals").encode(
        x=alt.X("days:O", title="days ahead", axis=alt.Axis(labelAngle=0))
    )
    return alt.layer(
        named("rivals")
        .mark_rule(strokeDash=[4, 3], color=INK, opacity=0.7)
        .encode(y=alt.datum(0.5)),
        base.mark_rule(strokeWidth=3, opacity=0.5).encode(
            y="low:Q", y2="high:Q", color=who, xOffset="who:N"
        ),
        base.mark_point(filled=True, size=90, opacity=1).encode(
            y=alt.Y("auc:Q", title="AUC (0.5 is chance)", scale=alt.Scale(zero=False)),
            color=who,
            shape=alt.Shape("who:N", scale=alt.Scale(domain=names)),
            xOffset="who:N",
            tooltip=["who:N", "days:O", *(alt.Tooltip(f"{n}:Q", format=".3f") for n in
                     ("auc", "low", "high"))],
        ),
    )  # fmt: skip


def band_departures(card, bands):
    base = named("band_rates").encode(
        x=alt.X("band:N", title=None, sort=None, axis=alt.Axis(labelAngle=0))
    )
    return alt.layer(
        base.mark_bar(width={"band": 0.5}).encode(
            y=alt.Y("rate:Q", title="left within 90 days", axis=alt.Axis(format="%", tickCount=5)),
            color=band_colour(bands, legend=False),
            tooltip=["band:N", *(alt.Tooltip(f"{n}:Q", format=".1%") for n in
                     ("rate", "low", "high", "base"))],
        ),
        base.mark_rule(strokeWidth=2, color=INK).encode(y="low:Q", y2="high:Q"),
        named("band_rates").mark_rule(strokeDash=[4, 3], color=INK, opacity=0.7).encode(
            y="mean(base):Q"
        ),
    )  # fmt: skip


def retention(card, bands):
    scale = alt.Scale(
        domain=["net revenue retention", "gross revenue retention"], range=[ACCENT, SECOND]
    )
    return (
        named("retention")
        .mark_line(strokeWidth=2.5, point="transparent")
        .encode(
            x=day(),
            y=alt.Y(
                "share:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(format=".0%")
            ),
            color=alt.Color("what:N", scale=scale),
            strokeDash=alt.StrokeDash(
                "what:N", scale=alt.Scale(domain=scale.domain, range=[[1, 0], [6, 3]])
            ),
            tooltip=["day:N", "what:N", alt.Tooltip("share:Q", format=".1%")],
        )
    )


def coverage(card, bands):
    return (
        named("coverage")
        .mark_bar(binSpacing=1, color=ACCENT)
        .encode(
            x=alt.X(
                "from:Q", title="coverage", bin=alt.Bin(binned=True), axis=alt.Axis(format="%")
            ),
            x2="to:Q",
            y=alt.Y("accounts:Q", title="accounts", axis=alt.Axis(tickCount=5, format="d")),
            tooltip=[alt.Tooltip("from:Q", format="%"), alt.Tooltip("accounts:Q", format=",")],
        )
    )


CHARTS = (
    score_over_time, revenue_at_risk, band_mix, distribution, segments, history, dimensions,
    rivals, band_departures, retention, coverage,
)  # fmt: skip
TITLES = {
    "score_over_time": "Mean score",
    "revenue_at_risk": "Monthly revenue in red bands",
    "band_mix": "Accounts by band",
    "distribution": "Scores today",
}


def specifications(head):
    """Name -> Vega-Lite without data, as wide as its place in the page."""
    return {draw.__name__: specification(draw, head, width="container") for draw in CHARTS}


def specification(draw, head, **properties):
    chart = draw(head["card"], head["bands"])
    if chart.height is alt.Undefined:
        properties["height"] = HEIGHT
    made = chart.properties(**properties).to_dict()
    for name in ("$schema", "config"):
        made.pop(name, None)
    return {**made, "autosize": {"type": "fit-x", "contains": "padding"}}


def datasets(head):
    """The data of the charts that are not about one account."""
    folio, ranks = head["portfolio"], {row["band"]: i for i, row in enumerate(head["bands"])}
    whats = (("average", "mean of accounts"), ("weighted", "weighted by revenue"))
    return {
        "scores": [
            {"day": row["day"], "what": what, "score": row[name]}
            for name, what in whats
            for row in folio["trend"]
        ],
        "risk": folio["trend"],
        "mix": [{**row, "rank": ranks[row["band"]]} for row in folio["mix"]],
        "bins": binned(head["accounts"], "score", 5, ranks),
        "coverage": binned(head["accounts"], "coverage", 0.05, None),
        "configs": head["configs"],
        "rivals": head["validation"]["rivals"],
        "band_rates": head["validation"]["bands"],
        "retention": [
            {"day": row["month"], "what": what, "share": row[name]}
            for row in head["outcomes"]["months"][-MONTHS:]
            for name, what in (
                ("net", "net revenue retention"),
                ("gross", "gross revenue retention"),
            )
        ],
    }


def binned(accounts, column, width, ranks):
    """Accounts per step of a column (and band); what is greatest belongs to the last step."""
    place, band = (accounts["columns"].index(name) for name in (column, "band"))
    counts = {}
    for row in accounts["rows"]:
        if row[place] is not None:
            step = int(float(row[place]) / width + 1e-9)
            step -= float(row[place]) == (100 if column == "score" else 1)
            key = (step, row[band] if ranks else None)
            counts[key] = counts.get(key, 0) + 1
    return [
        {
            "from": round(step * width, 2),
            "to": round((step + 1) * width, 2),
            "accounts": count,
            **({"band": name, "rank": ranks[name]} if ranks else {}),
        }
        for (step, name), count in sorted(counts.items(), key=lambda item: str(item[0]))
    ]


def pictures(head, data):
    """Name -> PNG of the charts about the whole book."""
    import json

    import vl_convert

    from .report_data import as_json

    note = " (synthetic demo data)" if head["publication"]["is_synthetic"] else ""
    look = config(PICTURE_INK, PICTURE_FONT) | {"background": "white"}
    found = {}
    for name, title in TITLES.items():
        draw = next(draw for draw in CHARTS if draw.__name__ == name)
        subtitle = f"{head['card']['title']}, {head['publication']['score_date']}{note}"
        made = specification(
            draw, head, width=PICTURE_WIDTH, title=alt.Title(title, subtitle=subtitle)
        )
        made |= {"datasets": data, "config": look, "padding": 16}
        spec = json.loads(as_json(made).replace(INK, PICTURE_INK))
        found[name] = vl_convert.vegalite_to_png(spec, scale=PICTURE_SCALE)
    return found
