"""One HTML file about all scores, for everybody: ./health report, from the published file.

The file asks nobody for anything: charts, styles and data are in it, the data compressed. It is
written under a hidden name and renamed when it is whole.
"""

import base64
import gzip
import os
import webbrowser
from pathlib import Path

from . import report_charts, report_data
from .exits import USAGE, Problem
from .project import one_at_a_time, shown
from .publish import UNFINISHED, sync
from .terminal import plural, progress, say

PAGE = Path(__file__).with_name("report_page")
NAME = "report.html"


def report(out, project, file=None, pictures=None, is_opened=False):
    """Write the report to `file` (default: serve/report.html), charts as PNG into `pictures`."""
    file = (file or project.serve / NAME).absolute()
    if file.is_dir():
        raise Problem(USAGE, f"{shown(file)} is a folder; name a file, such as {NAME}.")
    with one_at_a_time(project.build / "report", "report"):
        with progress(out, "Reading what is published"):
            head, chunks = report_data.gather(project.published)
            data = report_charts.datasets(head)
        with progress(out, "Writing the report"):
            put(file, page(head, chunks, data).encode())
        count = plural(len(head["accounts"]["rows"]), "account")
        say(out, f"{shown(file)}: {count}, {megabytes(file.stat().st_size)}. Open it in a browser.")
        if pictures is not None:
            with progress(out, "Drawing the charts"):
                files = draw(head, data, pictures)
            say(out, f"{shown(pictures)}: {', '.join(file.name for file in files)}")
    if is_opened and not webbrowser.open(file.as_uri()):
        say(out, "No browser could be started.", style="yellow")


def draw(head, data, folder):
    """Write the charts about the whole book as PNG into `folder`; the files."""
    drawn = report_charts.pictures(head, data)
    for name, picture in drawn.items():
        put(folder.absolute() / f"{name}.png", picture)
    return [folder / f"{name}.png" for name in drawn]


def pictures_of(project, folder):
    """The same from what is published."""
    head, _ = report_data.gather(project.published, with_details=False)
    return draw(head, report_charts.datasets(head), folder)


def page(head, chunks, data):
    """The HTML of the whole report."""
    import vl_convert
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(PAGE)
    # Nothing but the three parts of this project and Vega goes into the page unescaped.
    jinja = Environment(loader=folder, undefined=StrictUndefined, autoescape=True)
    charts = report_charts.specifications(head)
    whole = {**head, "charts": charts, "data": data, "look": report_charts.config()}
    publication = head["publication"]
    return jinja.get_template("page.html.j2").render(
        title=f"{head['card']['title']} on {publication['score_date']}",
        card=head["card"]["title"],
        day=publication["score_date"],
        version=publication["version"],
        config_version=publication["config_version"],
        is_synthetic=publication["is_synthetic"],
        head=packed(whole),
        chunks=[packed(chunk) for chunk in chunks],
        style=(PAGE / "page.css").read_text(encoding="utf-8"),
        script=(PAGE / "page.js").read_text(encoding="utf-8"),
        vega=vl_convert.javascript_bundle().replace("</script", "<\\/script"),
    )


def packed(value):
    """JSON, compressed, as text; the same value is the same text on every day."""
    return base64.b64encode(gzip.compress(report_data.as_json(value).encode(), 9, mtime=0)).decode()


def put(file, content):
    """Write a file in one step: readers see the former one or the whole new one."""
    fresh = file.with_name(f"{UNFINISHED}{file.name}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(content)
        sync(fresh)
        os.replace(fresh, file)
        sync(file.parent)
    except OSError as error:
        raise Problem(USAGE, f"{shown(file)} cannot be written: {error.strerror}.") from error


def megabytes(size):
    return f"{size / 1e6:,.1f} MB"
