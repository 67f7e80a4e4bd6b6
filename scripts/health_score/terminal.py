"""What is printed: sentences, tables and progress, on a terminal or into a log."""

import time
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

LOG_WIDTH = 100


def console(stderr=False):
    """A console for stdout (or stderr): 100 columns wide where it is not a terminal."""
    made = Console(stderr=stderr, highlight=False)
    if not made.is_terminal:
        made.width = LOG_WIDTH
    return made


def say(out, text="", style=None):
    """Print a sentence as it is: no markup, no wrapping, so that paths stay whole."""
    out.print(text, style=style, markup=False, soft_wrap=True)


def heading(out, text):
    out.print()
    out.print(text, style="bold", markup=False, soft_wrap=True)


def table(columns, rows, right=()):
    """A plain table. `columns` are titles, `right` the titles of right-aligned ones."""
    made = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for title in columns:
        made.add_column(
            title, justify="right" if title in right else "left", overflow="fold", min_width=3
        )
    for row in rows:
        made.add_row(*(plain(cell) for cell in row))
    return made


def plain(cell):
    """A cell as text that Rich prints literally; None is an empty cell."""
    from rich.text import Text

    return cell if isinstance(cell, Text) else Text("" if cell is None else str(cell))


def print_sections(out, sections):
    """Print [(title, columns or (), rows; without columns sentences)]."""
    for title, columns, rows in sections:
        heading(out, title)
        if columns:
            out.print(table(columns, rows) if rows else "none")
        else:
            for line in rows:
                say(out, line)


def markdown(sections):
    """The same as Markdown, tables included."""
    parts = []
    for title, columns, rows in sections:
        parts.append(f"### {title}\n")
        if not columns:
            parts += [*(f"{line}\n" for line in rows)]
        elif not rows:
            parts.append("none\n")
        else:
            lines = [columns, ["---"] * len(columns), *rows]
            cells = [["" if cell is None else str(cell) for cell in line] for line in lines]
            parts += ["| " + " | ".join(line) + " |" for line in cells] + [""]
    return "\n".join(parts)


@contextmanager
def progress(out, title):
    """Yield update(text, fraction): a bar on a terminal, one line in a log.

    `fraction` runs from 0 to 1 (None: unknown). Prints how long it took at the end.
    """
    begun = time.monotonic()
    if not out.is_terminal:
        say(out, f"{title} ...")
        yield lambda text, fraction=None: None
    else:
        columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
        name = TextColumn("{task.fields[text]}", markup=False)
        with Progress(*columns, name, console=out, transient=True) as bar:
            task = bar.add_task(title, total=1, text="")

            def update(text, fraction=None):
                bar.update(task, text=str(text)[:48], completed=fraction)

            yield update
    say(out, f"{title}: {seconds(time.monotonic() - begun)}.", style="dim")


def seconds(duration):
    """A duration in seconds as people write it: 0.4 s, 31 s, 4 min 5 s."""
    if duration < 10:
        return f"{duration:.1f} s"
    minutes, rest = divmod(round(duration), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def number(value):
    """A count with thousands separators; empty for None."""
    return "" if value is None else f"{value:,}"


def plural(count, noun, nouns=None):
    """'1 row', '2 rows', '2 entries'."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"
