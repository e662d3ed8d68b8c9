"""What the pages are completed with when they are built: figures, commands, the report's picture, tables for phones.

The address of the repository is $REPOSITORY, else that of `[project.urls]` in pyproject.toml, else the remote of git.
Where none of them is known, the pages have no link to it.
"""

from __future__ import annotations

import html
import inspect
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from mkdocs.structure.files import File

_ROOT = Path(__file__).parent.parent
_RESULTS = _ROOT / "benchmarks" / "results"
_PICTURES = _ROOT / "build" / "docs"  # where picture.py leaves them
DEDUP_PEERS = (
    "rensa deduplicator (no keeper)", "gaoya", "datasketch LSH", "datatrove (no keeper)", "text-dedup (no keeper)",
)  # fmt: skip
_PROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def on_config(config: Any, **_: Any) -> Any:
    """Name the version in the head of every page, and the repository where its address is known."""
    config.site_name = f"{config.site_name} {_PROJECT['version']}"
    config.copyright = f"Cleaner {_PROJECT['version']}, the package {_PROJECT['name']}. Licence: {_PROJECT['license']}."
    config.repo_url = repository()
    config.repo_name = re.sub(r"^https?://(www\.)?", "", config.repo_url or "")
    return config


def repository() -> str | None:
    """The address of the repository as a browser opens it; None where nobody has said it."""
    git = ["git", "-C", str(_ROOT), "remote", "get-url", "origin"]
    remote = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    return os.environ.get("REPOSITORY") or _PROJECT.get("urls", {}).get("Repository") or shown_address(remote)


def shown_address(remote: str) -> str | None:
    """The page of a remote of git; None for a folder."""
    remote = re.sub(r"^(?:ssh://)?git@([^:/]+)[:/]", r"https://\1/", remote)
    return remote.removesuffix(".git") if remote.startswith("http") else None


def on_files(files: Any, config: Any, **_: Any) -> Any:
    """Add the pictures of the report, where they were made."""
    for path in _pictures():
        files.append(File.generated(config, f"assets/{path.name}", content=path.read_bytes()))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put what a page asks for in its place: `<!-- figures: NAME -->`, `<!-- headline -->` and so on."""
    markdown = re.sub(r"<!-- figures: (\w+) -->\n?", lambda found: _figures(found[1]), markdown)
    markdown = markdown.replace("<!-- picture -->", _picture())
    for wanted, made in (("<!-- commands -->", commands), ("<!-- headline -->", headline)):
        if wanted in markdown:
            markdown = markdown.replace(wanted, made())
    return markdown


def on_page_content(content: str, **_: Any) -> str:
    """Label the cells of tables, for screens on which a row becomes a card."""
    return re.sub(r"<table>.*?</table>", lambda found: _labelled(found[0]), content, flags=re.S)


def _figures(name: str) -> str:
    """The last results of one benchmark as a section of a page; "" where it was not run yet.

    Their own title goes, and their headings move below that of the section.
    """
    path = _RESULTS / f"{name}.md"
    if not path.is_file():
        return ""
    body = re.sub(r"^#[^\n]*\n", "", path.read_text("utf-8"))
    return f"\n## Measured: {name}\n" + re.sub(r"^#{2,4} ", "### ", body, flags=re.MULTILINE) + "\n"


class Results:
    """The last results of one benchmark, by row and column of their tables.

    `results["dev, Indonesian", "lost"]` is a cell as it stands there. Where several tables have such a row, `below` is
    the beginning of the heading under which the right one stands.
    """

    def __init__(self, name: str, below: str = "") -> None:
        text = (_RESULTS / f"{name}.md").read_text("utf-8")
        # The first number behind a name is its version, since the head of the results comes first.
        self.versions = dict(reversed(re.findall(r"\b([A-Za-z][\w-]*) (\d+(?:\.\d+)+)\b", text)))
        text = text[text.index(below) :]
        self._tables = [part.strip().split("\n") for part in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)]

    def __getitem__(self, cell: tuple[str, str]) -> str:
        for table in self._tables:
            head, *rows = ([value.strip() for value in line.strip("|").split("|")] for line in table)
            for row in rows:
                if row[0] == cell[0] and cell[1] in head:
                    return row[head.index(cell[1])]
        raise KeyError(cell)

    def number(self, row: str, column: str) -> float:
        """A cell as a number, without the sign of percent that may stand behind it."""
        return float(self[row, column].split()[0])


def headline() -> str:
    """The figures that matter most, as a table."""
    rows = "\n".join(f"| {' | '.join(row)} |" for row in figures())
    return f"| measured | Cleaner | others | versions and figures |\n|---|---|---|---|\n{rows}"


def figures() -> list[tuple[str, str, str, str]]:
    """Yield what was measured, Cleaner's figure, those of others, and their versions, all out of the last results."""
    strip, peers = Results("strip", "## Out of fold"), Results("strip", "## Beside the peers: dev,")
    dedup = Results("dedup")
    extract, pages_of_all = Results("extract"), Results("extract", "### wcxb-dev, all")
    text, pages = Results("run", "## Generated"), Results("run", "## Saved pages")
    sets = ("dev, Indonesian", "dev2_id")
    c4, justext = "C4 line rules", "jusText classes on lines"
    losses = sorted(int(dedup[name, "lost"]) for name in DEDUP_PEERS)
    of = [
        (
            "boilerplate found in Indonesian news, on two sets",
            " and ".join(f"{100 * strip.number(name, 'R span'):.0f} %" for name in sets),
            f"C4's rules {100 * peers.number(c4, 'R span'):.0f} %, "
            f"jusText's classes {100 * peers.number(justext, 'R span'):.0f} %, on all languages of the first set",
        ),
        (
            "good text lost there",
            " and ".join(strip[name, "lost"] for name in sets),
            f"C4's rules {peers.number(c4, 'lost'):.0f} %, jusText's classes {peers.number(justext, 'lost'):.0f} %",
        ),
        (
            "good articles lost among near-duplicates, of 45,244 documents",
            dedup["cleaner, exact verification", "lost"],
            f"{losses[0]:,} to {losses[-1]:,}",
        ),
        (
            "article text of 793 web pages of sites that it was not fitted on, F1",
            f"{extract.number('wcxb-dev, articles', 'F1'):.3f}",
            f"trafilatura {pages_of_all.number('trafilatura', 'article F1'):.3f}, "
            f"Resiliparse {pages_of_all.number('resiliparse', 'article F1'):.3f}",
        ),
        (
            "CPU of a whole run, one thread",
            f"{text.number('cleaner', 'CPU ms an article'):.2f} ms an article of 1.3 kB, "
            f"{pages.number('cleaner', 'CPU ms a page'):.0f} ms a page of 249 kB",
            f"ftfy, langid and datasketch in a script {text.number('plain pipeline', 'times'):.1f} times, with jusText "
            f"on pages {pages.number('plain pipeline (jusText)', 'times'):.1f} times, "
            f"datatrove {text.number('datatrove', 'times'):.0f} times as much",
        ),
    ]
    links = ("strip", "strip", "dedup", "extract", "write")
    named = (("justext",), ("justext",), ("datasketch", "rensa", "gaoya", "datatrove", "text-dedup"))
    named = (*named, ("trafilatura", "Resiliparse"), ("ftfy", "langid", "jusText", "datasketch", "datatrove"))
    found = (strip, strip, dedup, extract, text)
    return [
        (*row, f"{', '.join(f'{n} {results.versions[n]}' for n in names)}: [figures](steps/{link}.md)")
        for row, results, names, link in zip(of, found, named, links, strict=True)
    ]


def _pictures() -> list[Path]:
    return sorted(_PICTURES.glob("report-*.webp"))


def _picture() -> str:
    """The report as it looks in light and dark colours; "" where no browser was there to take the pictures."""
    about = "First screen of the report: how many articles were read and written, and what went"
    return "\n".join(f"![{about}](assets/{path.name}#only-{path.stem[7:]})" for path in _pictures())


# --- tables ---


def _labelled(table: str) -> str:
    """A table whose cells know the heading of their column, which a narrow screen shows before each of them.

    The roles are those of a table's own elements, which lose them when they are laid out as cards.
    """
    heads = [re.sub(r"<[^>]+>", "", head).strip() for head in re.findall(r"<th\b[^>]*>(.*?)</th>", table, re.S)]
    table = re.sub(r"<th\b[^>]*></th>", "<td></td>", table)  # a heading without a word is none
    table = table.replace("<table>", '<table role="table">').replace("<tr>", '<tr role="row">')
    table = table.replace("<thead>", '<thead role="rowgroup">').replace("<tbody>", '<tbody role="rowgroup">')
    table = table.replace("<th>", '<th role="columnheader">').replace("<th ", '<th role="columnheader" ')

    def label(row: re.Match[str]) -> str:
        names = iter(heads)
        return re.sub(r"<td\b", lambda _: f'<td role="cell" data-label="{next(names, "")}"', row[0])

    return re.sub(r"<tr\b.*?</tr>", label, table, flags=re.S)


# --- commands ---


class _Sections(click.HelpFormatter):
    """Keeps what --help would print below the usage: headings, each with rows of (flags, help)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str]]]] = []

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        self.found.append((name, []))
        yield

    def write_dl(self, rows: Sequence[tuple[str, str]], *_: Any, **__: Any) -> None:
        self.found[-1][1].extend(rows)


def commands() -> str:
    """All commands with their options under the headings of --help, by the same texts."""
    from cleaner.cli import main
    from cleaner.cli.setup import commands_below

    return "\n\n".join(map(_command, commands_below(click.Context(main, info_name="cleaner"))))


def _command(ctx: click.Context) -> str:
    """One command: what it does, how it is called, its options, its examples."""
    name = ctx.command_path.replace(" ", "-")
    usage = " ".join((ctx.command_path, *ctx.command.collect_usage_pieces(ctx)))
    sections = _Sections()
    ctx.command.format_options(ctx, sections)
    parts = [f'## {ctx.command_path} {{ #{name} data-toc-label="{ctx.command_path.partition(" ")[2]}" }}']
    parts += [html.escape(part) for part in inspect.cleandoc(ctx.command.help or "").split("\n\n")]
    parts.append(f"```text\n{usage}\n```")
    for heading, rows in sections.found:
        told = "".join(f"<dt><code>{html.escape(names)}</code></dt><dd>{_help(text)}</dd>" for names, text in rows)
        parts.append(f'<p class="options">{heading}</p>\n<dl class="options">{told}</dl>')
    examples = (ctx.command.epilog or "").partition("Examples:\n")[2].partition("\n\n")[0]
    return "\n\n".join([*parts, *([f"```text\n{inspect.cleandoc(examples)}\n```"] if examples else [])])


def _help(text: str) -> str:
    """The help of an option, with what stands in backquotes or brackets set apart."""
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    return re.sub(r" *\[default: ([^\]]+)\]", r" <em>Default: \1.</em>", text)
