"""The report in a browser: it asks for nothing, every page opens and says what the marts say."""

from __future__ import annotations

import base64
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest
from rich.console import Console
from typer.testing import CliRunner

import report_worlds as worlds
from health_score import cli, endpoints, notify, report, report_data
from health_score.exits import USAGE, Problem
from health_score.project import Project
from webhooks import webhook

ROOT = Path(__file__).parents[2]
CHROMIUM_NEEDED = "HEALTH_NEEDS_CHROMIUM"
# Chromium as root, and silent about itself: it looks for updates otherwise.
ARGUMENTS = [
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-quic", "--disable-gpu",
]  # fmt: skip
PAGES = (
    "portfolio", "worklist", "worklist?list=all", "worklist?list=alerts", "worklist?list=offers",
    "account/acc-00001", "account/acc-00002", f"account/{quote(worlds.NASTY_ID, safe='')}",
    "validation", "quality",
)  # fmt: skip


def project_at(folder: Path) -> Project:
    return Project(ROOT, folder / "build", folder / "serve", {})


def run(project: Project, *arguments, **options) -> str:
    """What ./health report prints."""
    out = Console(width=100, force_terminal=False, highlight=False)
    with out.capture() as capture:
        report.report(out, project, *arguments, **options)
    return capture.get()


def written(folder: Path, **world) -> Project:
    project = project_at(folder)
    worlds.publish(project.serve, **world)
    run(project)
    return project


@pytest.fixture(scope="module")
def browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        sentence = "No Chromium is there: apt install chromium. The report was NOT tested."
        if os.environ.get(CHROMIUM_NEEDED):
            pytest.fail(f"{sentence} {CHROMIUM_NEEDED} asks for it.")
        pytest.skip(sentence)
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=ARGUMENTS) as chromium,
    ):
        yield chromium


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Project:
    """Sixty accounts, thirty weeks, two configurations."""
    return written(tmp_path_factory.mktemp("report"))


class Visitor:
    """A page, and all that went wrong on it or left it."""

    def __init__(self, browser, **look):
        look.setdefault("viewport", {"width": 1280, "height": 900})
        # Colours are measured as they end, not on their way.
        self.page = browser.new_context(reduced_motion="reduce", **look).new_page()
        self.requests, self.errors = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda message: (
                self.errors.append(message.text) if message.type in ("error", "warning") else None
            ),
        )

    def open(self, project, place=""):
        """Open the file anew, as a link from a mail does, and wait until all is drawn."""
        self.page.goto("about:blank")
        self.page.goto(f"{(project.serve / report.NAME).as_uri()}{place and f'#/{place}'}")
        self.drawn()
        return self.page

    def drawn(self):
        self.page.wait_for_selector("main[data-page]")
        self.page.wait_for_function(
            "[...document.querySelectorAll('figure')].every((one) => 'drawn' in one.dataset)",
            polling=50,
        )

    def outside(self):
        """Requests to anything but the file itself."""
        return [url for url in self.requests if not url.startswith(("file:", "about:"))]


@pytest.fixture
def visitor(browser) -> Iterator[Visitor]:
    made = Visitor(browser)
    yield made
    made.page.context.close()


def texts(page, selector: str) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(selector).all_inner_texts()]


def marts(project: Project, query: str) -> list[tuple]:
    with duckdb.connect(str(project.published), read_only=True) as connection:
        return connection.execute(query).fetchall()


# ------------------------------------------------------------------------------ nothing goes wrong


@pytest.mark.parametrize(
    "world",
    [
        {},
        {"primary": "impact_points"},
        {"quiet": True, "weeks": 1, "accounts": 4},
        {"quiet": True, "weeks": 3, "accounts": 4},
    ],
    ids=["usual", "a sum", "first day", "no past but scores"],
)
def test_every_page_opens_without_a_request_or_an_error(tmp_path, visitor, published, world):
    project = written(tmp_path, **world) if world else published
    for place in ("", *PAGES):
        page = visitor.open(project, place)
        assert page.locator("h1").count() == 1, place
        assert page.locator("h1").inner_text() != "No such account", place
        for figure in page.locator("figure").all():
            assert figure.locator("svg .mark-group path, svg .mark-text text").count(), place
    assert not visitor.outside()
    assert not visitor.errors


def test_the_policy_of_the_page_stops_a_request(visitor, published):
    page = visitor.open(published)
    told = page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'went', () => 'stopped')")
    assert told == "stopped"
    assert any("Content Security Policy" in error for error in visitor.errors)


def test_text_of_customers_is_never_html(visitor, published):
    for place in PAGES:
        page = visitor.open(published, place)
        assert not page.locator("main img").count(), place
        assert page.evaluate("window.hacked") is None
    page = visitor.open(published, f"account/{quote(worlds.NASTY_ID, safe='')}")
    assert page.locator("h1").inner_text() == worlds.NASTY_NAME


def test_demo_data_are_called_synthetic_on_every_page_and_nothing_else_is(
    tmp_path, visitor, published
):
    note = "Synthetic demo data."
    for place in PAGES:
        assert note not in visitor.open(published, place).locator("body").inner_text(), place
    project = project_at(tmp_path)
    worlds.publish(project.serve, accounts=5)
    with duckdb.connect(str(project.published)) as connection:
        connection.execute("update marts.publication set is_synthetic = 1")
    run(project)
    for place in ("", *PAGES):
        assert note in visitor.open(project, place).locator("body").inner_text(), place


# ------------------------------------------------------------------------- it says what marts say


def test_the_portfolio_has_the_figures_of_the_marts(visitor, published):
    page = visitor.open(published)
    shown = dict(zip(texts(page, ".tile dt"), texts(page, ".tile .big"), strict=True))
    ((count, mean, mrr, red),) = marts(
        published,
        "select account_count, average_score, mrr, red_mrr from marts.segment_health "
        "where segment_type = 'all'",
    )
    ((alerts,),) = marts(
        published,
        "select count(*) from marts.health_alerts where status = 'open' and account_id is not null",
    )
    assert shown["Live accounts"] == f"{count:,}"
    assert shown["Mean score"] == f"{mean:.1f}"
    assert shown["Revenue a month, EUR"] == f"{mrr:,.0f}"
    assert shown["Revenue at risk"] == f"{red:,.0f}"
    assert shown["Open alerts"] == f"{alerts:,}"
    assert "The whole book: Most fell together" in page.locator(".notice").inner_text()


def test_open_alerts_are_counted_by_rule_with_what_came_of_them(visitor, published):
    page = visitor.open(published)
    outcome = "9.0 % left within 90 days, of all accounts 3.0 %"
    row = texts(page, "section:has(> h2:text-is('Open alerts')) tbody tr")
    counts = marts(
        published,
        "select count(*), sum(cast(severity = 'high' as integer)), "
        "sum(cast(severity = 'medium' as integer)), sum(cast(severity = 'low' as integer)) "
        "from marts.health_alerts where status = 'open' and account_id is not null",
    )
    assert row == [f"Fast drop 0 {' '.join(map(str, counts[0]))} {outcome}"]
    page = visitor.open(published, "account/acc-00001")
    assert outcome in page.locator("section:has(> h2:text-is('What to do'))").inner_text()


def test_the_last_week_of_the_trend_is_the_segment_of_all_accounts(published):
    head, _ = report_data.gather(published.published)
    last, everybody = head["portfolio"]["trend"][-1], head["portfolio"]["all"]
    assert round(last["average"], 1) == pytest.approx(float(everybody["average"]), abs=0.051)
    assert last["mrr"] == everybody["mrr"]
    assert last["at_risk"] == everybody["red_mrr"]
    mix = [row for row in head["portfolio"]["mix"] if row["day"] == last["day"]]
    assert sum(row["accounts"] for row in mix) == everybody["account_count"]
    data = report.report_charts.datasets(head)
    assert sum(row["accounts"] for row in data["bins"]) == everybody["scored_account_count"]


def test_the_history_of_an_account_is_the_published_one(visitor, published):
    page = visitor.open(published, "account/acc-00001")
    page.locator("figure[data-chart=history] summary").click()
    found = texts(page, "figure[data-chart=history] tbody tr")
    rows = marts(
        published,
        "select cast(score_date as varchar), effective_score, score, band, override_id "
        "from marts.account_health_history where account_id = 'acc-00001' "
        "and is_as_published = 1 and is_primary = 1 order by 1 desc",
    )
    assert len(found) == len(rows) == 30
    # Half a tenth may go either way.
    for line, (day, score, computed, band, override) in zip(found, rows, strict=True):
        shown = re.match(r"(\S+) (\S+) (\S+) \S (\w+)(?: (\S+))?$", line)
        assert shown, line
        assert (shown[1], shown[4].lower(), shown[5]) == (day, band, override)
        assert float(shown[2]) == pytest.approx(float(score), abs=0.0501)
        assert float(shown[3]) == pytest.approx(float(computed), abs=0.0501)


def test_overrides_alerts_and_new_rules_are_marked_in_the_history(visitor, published):
    page = visitor.open(published, "account/acc-00001")
    chart = page.locator("figure[data-chart=history]")
    assert "rules changed" in chart.locator("svg").text_content()
    ((day,),) = marts(
        published,
        "select cast(min(score_date) as varchar) from marts.account_health_history "
        "where config_version = 'c-new' and is_as_published = 1",
    )
    note = chart.locator("figcaption").inner_text()
    assert f"rules changed on {day}" in note and "override in force" in note
    marked = page.evaluate(
        "[...document.querySelectorAll('figure[data-chart=history] svg [aria-label]')]"
        ".map((one) => one.getAttribute('aria-label'))"
    )
    told = re.compile("override: ovr-1; first: ([0-9-]+); last: ([0-9-]+)")
    days = {found.groups() for found in map(told.search, marked) if found}
    assert days == {("2025-12-12", "2025-12-12"), ("2026-01-16", "2026-01-30")}
    assert sum("Fast drop" in text for text in marked) == 5
    notice = page.locator(".notice").inner_text()
    assert "Override: set 48.0 by Ana until 2026-02-08" in notice
    calm = visitor.open(published, "account/acc-00005").locator("figure[data-chart=history]")
    assert "override" not in calm.locator("figcaption").inner_text()


def test_contributions_sum_to_the_score_and_parts_to_the_change(visitor, published):
    page = visitor.open(published, "account/acc-00005")
    score = float(page.locator(".score .big").inner_text())
    added = page.locator("section:has(> h2:text-is('Signals'))")
    cells = [row.split("\t") for row in added.locator("tbody tr").all_inner_texts()]
    adds = [float(row[5]) for row in cells if row[5].strip()]
    assert len(adds) > 10
    assert sum(adds) == pytest.approx(score, abs=0.2)
    assert float(added.locator("tfoot td.num").inner_text()) == pytest.approx(score, abs=0.06)
    assert {"Measured", "Missing"} == {re.sub(r"\W", "", row[2]) for row in cells}
    change = page.locator("section:has(> h2:text-is('What changed, and why'))")
    assert change.locator("tfoot td.num").inner_text() == "+3.00"
    assert len(change.locator("select option").all()) == 2  # the day before is the one of 7 days
    change.locator("select").select_option(index=1)
    assert "28 days" in change.locator("select option:checked").inner_text()


def test_no_score_and_a_cap_are_said(visitor, published):
    page = visitor.open(published, "account/acc-00002")
    assert page.locator(".score").inner_text().startswith("no score")
    assert "signals contribute nothing" in page.locator("main").inner_text()
    page = visitor.open(published, f"account/{quote(worlds.NASTY_ID, safe='')}")
    assert "Capped at 30.0 by overdue (Days overdue: 61 days). Unpaid" in (
        page.locator(".notice").inner_text()
    )


# ------------------------------------------------------------------------------------- finding


def test_a_click_leads_from_the_portfolio_to_an_account_and_back(visitor, published):
    page = visitor.open(published)
    link = page.locator("section:has(> h2:text-is('Rose most')) tbody a").first
    name = link.inner_text()
    link.click()
    page.wait_for_selector("main[data-page=account]")
    assert page.locator("h1").inner_text() == name
    assert page.title().startswith(name)
    page.go_back()
    page.wait_for_selector("main[data-page=portfolio]")


def test_search_filters_and_their_link(visitor, published):
    page = visitor.open(published, "worklist?list=all")
    assert page.locator("[role=status]").inner_text() == "60 rows"
    page.get_by_label("Search").fill("chloe 1")  # no accent needed; every word counts
    page.get_by_label("Manager").select_option("Chloé")
    expected = marts(
        published,
        "select account_name from marts.account_health where csm = 'Chloé' "
        "and (account_id || account_name) like '%1%' order by account_id",
    )
    names = texts(page, "tbody th a")
    assert sorted(names) == sorted(name for (name,) in expected)
    link = page.url
    page = visitor.open(published, link.split("#/")[1])
    assert texts(page, "tbody th a") == names
    page.get_by_label("Search").fill("nobody of this name")
    assert "Nothing fits" in page.locator("main").inner_text()


def test_the_search_above_finds_one_account_or_lists_several(visitor, published):
    page = visitor.open(published)
    page.keyboard.press("/")
    page.keyboard.type("firm 17 ltd")
    page.keyboard.press("Enter")
    page.wait_for_selector("main[data-page=account]")
    assert page.locator("h1").inner_text() == "Firm 17 Ltd"
    page.keyboard.press("/")
    page.keyboard.press("Control+A")
    page.keyboard.type("firm 1")
    page.keyboard.press("Enter")
    page.wait_for_selector("main[data-page=worklist]")
    assert "Firm 1 Ltd" in texts(page, "tbody th a")
    assert "Firm 17 Ltd" in texts(page, "tbody th a")
    assert "Firm 2 Ltd" not in texts(page, "tbody th a")


def test_links_to_accounts_that_are_not_there_say_so(visitor, published):
    for place in ("account/none", "account/%E0%A4%A", "account/"):
        page = visitor.open(published, place)
        assert page.locator("h1").inner_text() == "No such account"
    for place in ("nonsense", "constructor", "toString/1"):
        assert visitor.open(published, place).locator("h1").inner_text() == "Portfolio"
    page = visitor.open(published, "worklist?list=constructor")
    assert page.locator("h1").inner_text() == "Worklist"
    assert not visitor.errors


def test_columns_sort_both_ways_and_what_is_unknown_comes_last(visitor, published):
    page = visitor.open(published, "worklist?list=all")
    title = page.locator("th:has(button:text-is('Revenue a month'))")
    page.locator("button.more").click()
    place = 7
    for order, first in (("descending", "513"), ("ascending", "100")):
        title.locator("button").press("Enter")
        assert title.get_attribute("aria-sort") == order
        shown = [row.split("\t")[place] for row in page.locator("tbody tr").all_inner_texts()]
        assert shown[0] == first
        assert shown[-1] == "unknown"


# ------------------------------------------------------------------------------------ for everybody


@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_page_is_wider_than_a_narrow_screen(browser, published, width):
    visitor = Visitor(browser, viewport={"width": width, "height": 800})
    for place in PAGES:
        page = visitor.open(published, place)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
    visitor.page.context.close()


def test_everything_has_a_name_for_those_who_cannot_see_it(visitor, published):
    for place in PAGES:
        page = visitor.open(published, place)
        nameless = page.evaluate(
            """() => [
            ...[...document.querySelectorAll('input, select')].filter((one) => !one.labels.length),
            ...[...document.querySelectorAll('table')].filter((one) => !one.caption?.textContent),
            ...[...document.querySelectorAll('th')].filter((one) => !one.scope),
            ...[...document.querySelectorAll('.chart, [role=region]')]
                .filter((one) => [null, '', 'Vega visualization'].includes(one.ariaLabel)),
            ...[...document.querySelectorAll('button, a')].filter((one) => !one.textContent.trim()),
            ].map((one) => one.outerHTML.slice(0, 200))"""
        )
        assert not nameless, place
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
        assert len(ids) == len(set(ids)), place
        for chip in page.locator(".band").all():
            assert re.search(r"[A-Za-z]{3}", chip.text_content()), "a colour without a word"


def test_the_keyboard_reaches_the_content_and_every_link(visitor, published):
    page = visitor.open(published)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.locator("nav[aria-label=Pages] a", has_text="Worklist").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("main[data-page=worklist]")
    assert page.evaluate("document.activeElement.id") == "content"
    current = page.locator("nav[aria-label=Pages] a[aria-current=page]")
    assert current.inner_text() == "Worklist"


CONTRAST = """() => {
    const rgb = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const light = (text) => rgb(text).map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
    const behind = (one) => {
        while (one && /rgba\\(0, 0, 0, 0\\)/.test(getComputedStyle(one).backgroundColor)) {
            one = one.parentElement;
        }
        return getComputedStyle(one ?? document.documentElement).backgroundColor;
    };
    const poor = [];
    const words = 'h1, h2, p, dt, dd, td, th, a, label, span, summary';
    for (const one of document.querySelectorAll(words)) {
        if (!one.textContent.trim() || !one.checkVisibility()) continue;
        const both = [light(getComputedStyle(one).color), light(behind(one))];
        const [a, b] = both.sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${one.outerHTML.slice(0, 120)}`);
    }
    return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_in_dark(browser, published, scheme):
    visitor = Visitor(browser, color_scheme=scheme)
    for place in PAGES:
        page = visitor.open(published, place)
        assert not page.evaluate(CONTRAST), place
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (min(map(int, re.findall(r"\d+", paper))) > 128) == (scheme == "light")
    ink = page.evaluate("getComputedStyle(document.querySelector('svg text')).fill")
    assert (min(map(int, re.findall(r"\d+", ink)[:3])) > 128) == (scheme == "dark")
    visitor.page.context.close()


def test_a_print_is_on_white_without_what_one_clicks(browser, published):
    visitor = Visitor(browser, color_scheme="dark")
    page = visitor.open(published, "account/acc-00001")
    page.emulate_media(media="print")
    assert not page.locator("nav[aria-label=Pages]").is_visible()
    assert not page.locator("#find").is_visible()
    assert page.locator("figure[data-chart=history] svg").is_visible()
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
    assert page.pdf().startswith(b"%PDF")
    visitor.page.context.close()


# ------------------------------------------------------------------------------------ the file


def test_ten_thousand_accounts_stay_under_15_mb_and_open(tmp_path, visitor):
    project = written(tmp_path, accounts=10_000, weeks=105)
    size = (project.serve / report.NAME).stat().st_size
    assert size < 15_000_000
    began = time.perf_counter()
    page = visitor.open(project, "worklist?list=all")
    print(f"\n{size / 1e6:.1f} MB, the worklist opens in {time.perf_counter() - began:.1f} s")
    assert page.locator("[role=status]").inner_text() == "10,000 rows"
    page = visitor.open(project, "account/acc-09999")
    assert page.locator("h1").inner_text() == "Firm 9999 Ltd"
    assert "105 weeks" in page.locator("figure[data-chart=history] figcaption").inner_text()
    assert "Left out of this file" in page.locator("main").inner_text()
    assert not visitor.errors and not visitor.outside()


def test_the_same_publication_gives_the_same_file(published, tmp_path):
    run(published, tmp_path / "sub" / "again.html")
    again = (tmp_path / "sub" / "again.html").read_bytes()
    assert again == (published.serve / report.NAME).read_bytes()


def test_a_report_that_breaks_off_leaves_the_former_one(tmp_path, published, monkeypatch):
    file = tmp_path / "report.html"
    file.write_text("former")

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(report, "sync", full)
        with pytest.raises(Problem) as caught:
            run(published, file)
    assert caught.value.code == USAGE and "No space left" in caught.value.sentence
    assert file.read_text() == "former"
    run(published, file)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert file.stat().st_size > 500_000


def test_what_cannot_be_reported_is_a_sentence(tmp_path, published):
    nothing = project_at(tmp_path)
    with pytest.raises(Problem, match="Nothing is published yet"):
        run(nothing)
    worlds.publish(nothing.serve, accounts=4)
    with duckdb.connect(str(nothing.published)) as connection:
        connection.execute("drop table marts.health_alerts")
    with pytest.raises(Problem, match="Another release wrote") as raised:
        run(nothing)
    assert "health_alerts does not exist" in raised.value.details[0]
    with pytest.raises(Problem, match="is a folder"):
        run(published, tmp_path)


def test_the_charts_are_pictures_as_well(published, tmp_path):
    told = run(published, tmp_path / "report.html", tmp_path / "charts")
    found = sorted(path.name for path in (tmp_path / "charts").iterdir())
    assert found == [
        "band_mix.png", "distribution.png", "revenue_at_risk.png", "score_over_time.png",
    ]  # fmt: skip
    assert all(name in told for name in found)
    for name in found:
        content = (tmp_path / "charts" / name).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert int.from_bytes(content[16:20], "big") > 1000  # pixels wide
        assert len(content) > 10_000


def test_a_digest_brings_the_charts_once_where_the_service_takes_files(
    published, tmp_path, monkeypatch
):
    monkeypatch.setenv("NO_PROXY", "*")
    project = Project(ROOT, tmp_path / "build", tmp_path / "serve", {})
    project.serve.mkdir()
    shutil.copy(published.published, project.published)
    out = Console(width=100, force_terminal=False, highlight=False, quiet=True)
    with webhook() as hook, webhook() as plain:
        notify.notify(out, project, [hook.address], with_charts=True)
        notify.notify(out, project, [plain.address])
    told, bare = (one.heard[0]["json"] for one in (hook, plain))
    assert told["message"] == bare["message"]
    assert not bare["attachments"]
    names = [file["filename"] for file in told["attachments"]]
    assert names == [f"{name}.png" for name in report.report_charts.TITLES]
    assert base64.b64decode(told["attachments"][0]["base64"]).startswith(b"\x89PNG")
    with webhook() as hook, monkeypatch.context() as patch:
        patch.setattr(endpoints.Endpoint, "limit", 900)
        notify.notify(out, project, [hook.address], with_charts=True)
    counts = [len(request["json"]["attachments"]) for request in hook.heard]
    assert len(counts) > 2 and counts == [4] + [0] * (len(counts) - 1)


def test_the_command_reads_the_published_file_alone(published, tmp_path, monkeypatch):
    monkeypatch.setenv("HEALTH_SERVE_DIR", str(published.serve))
    monkeypatch.setenv("HEALTH_BUILD_DIR", str(tmp_path / "build"))
    done = CliRunner().invoke(cli.app, ["report", "--out", str(tmp_path / "r.html")])
    assert done.exit_code == 0, done.output
    assert "60 accounts" in done.output
    assert (tmp_path / "r.html").exists()
    assert not (tmp_path / "build" / "warehouse.duckdb").exists()
