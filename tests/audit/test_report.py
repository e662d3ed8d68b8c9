"""The report: its numbers, its bounds, and that nothing in it can run but its own script."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
import shlex
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError
from lxml import html
from planted import HOSTILE, plant
from sample import ROOT, read_lines

from cleaner import Options, clean_corpus
from cleaner.article import KINDS, MASKS
from cleaner.audit.report import write_report
from cleaner.audit.report.page import environment, legend
from cleaner.audit.report.shown_articles import title_of
from cleaner.audit.report.shown_duplicates import aligned
from cleaner.audit.report.sources import logged_articles
from cleaner.audit.spans import clipped, spans
from cleaner.audit.tally import CASES, HALF_OF, phrase_of, site_or_folder
from cleaner.characters import count_words
from cleaner.cli import main as cleaner_command
from cleaner.engine.work import write_shard
from cleaner.errors import OutputError
from cleaner.quality import FLAGS


@dataclass(frozen=True)
class Finished:
    """A run over the sample corpus: its logs as they are, and its report as a tree."""

    output: Path
    audit: Path
    page: Any

    @property
    def counts(self) -> dict[str, Any]:
        counts: dict[str, Any] = json.loads((self.audit / "manifest.json").read_text("utf-8"))["counts"]
        return counts

    def log(self, name: str) -> list[dict[str, Any]]:
        """The rows of a log; without those of repair, which are no spans of the text before stripping."""
        return [row for row in read_lines(self.audit / f"{name}.jsonl") if row.get("start", 0) >= 0]

    def drawers(self, section: str) -> dict[str, list[str]]:
        """Label -> numbers of each line of a section."""
        found = self.page.xpath(f"//section[@id='{section}']//details/summary[span[@class='label']]")
        return {
            " ".join(s.find("span[@class='label']").text_content().split()): [
                span.text_content() for span in s.find("span[@class='numbers']")
            ]
            for s in found
        }

    def table(self, caption: str) -> list[list[str]]:
        rows = self.page.xpath(f"//table[caption='{caption}']/tbody/tr")
        return [[cell.text_content() for cell in row] for row in rows]


def tree_of(page: Path) -> Any:
    return html.document_fromstring(page.read_text("utf-8"), parser=html.HTMLParser(huge_tree=True))


def finish(inputs: Path, folder: Path, options: Options | None = None) -> Finished:
    folder.mkdir(exist_ok=True)
    page = Path(clean_corpus(inputs, folder / "clean.jsonl", options or Options(workers=1)).report_path)
    return Finished(folder / "clean.jsonl", page.parent, tree_of(page))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return finish(ROOT / "corpus" / "raw", tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module", params=["sample", pytest.param("100,000 articles", marks=pytest.mark.slow)])
def any_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The run over the sample corpus, and one over a hundred thousand articles."""
    if request.param == "sample":
        run: Finished = request.getfixturevalue("finished")
        return run
    folder = tmp_path_factory.mktemp("large")
    with (folder / "raw.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(article) + "\n" for article in made_up(100_000))
    return finish(folder / "raw.jsonl", folder)


def made_up(articles: int) -> Iterator[dict[str, str]]:
    """Short news of forty sites with cruft around it; every tenth is a copy of the one before."""
    random = Random(11)
    words = ["warga", "pasar", "harga", "beras", "naik", "kapal", "hujan", "guru", "jalan", "sungai", "panen", "pulau"]
    cruft = ("Iklan", "Baca juga: Kapal pertama tiba", "Tinggalkan Komentar", "Penulis: Sari Dewi", "Bagikan")
    body = ""
    for n in range(articles):
        if n % 10 != 9:
            sentence = (f"{' '.join(random.choices(words, k=14)).title()} {random.randrange(10**6)}." for _ in range(4))
            body = "\n\n".join(sentence)
        yield {
            "id": f"a{n}",
            "url": f"https://situs{random.randrange(40)}.example/{n}",
            "text": f"MEDAN - {body}\n\n{random.choice(cruft)}\n",
        }


def number(words: str) -> int:
    return int(words.split()[0].replace(",", ""))


def test_it_stands_beside_the_logs_and_is_small(any_run: Finished) -> None:
    assert (any_run.audit / "report.html").stat().st_size < 5_000_000


def test_clusters_are_counts_over_the_output(any_run: Finished) -> None:
    sizes = Counter(1 + len(r["duplicates"]) for r in read_lines(any_run.output) if r["duplicates"])
    assert {number(size): number(n) for size, n in any_run.table("Sizes of clusters")} == sizes
    dropped = sum(r["reason"] == "duplicate" for r in any_run.log("dropped"))
    chart = any_run.page.xpath("string(//section[@id='duplicates']//*[@class='histogram']/@aria-label)")
    assert sum(int(n.replace(",", "")) for n in re.findall(r": ([\d,]+)", chart)) == dropped > 0


def test_the_funnel_is_the_manifest(any_run: Finished) -> None:
    counts = any_run.counts
    steps = {
        li.findtext("span[@class='label']"): [number(s.text) for s in li.find("span[@class='numbers']")]
        for li in any_run.page.xpath("//ol[@class='funnel']/li")
    }
    articles, characters = counts["articles"], counts["characters"]
    written = sum(r["words"] for r in read_lines(any_run.output))
    left = written + sum(r["record"]["words"] for r in any_run.log("dropped"))
    removed = sum(count_words(r["text"]) for r in any_run.log("removed") if r["kind"] != "space")
    assert steps["read"] == [articles["read"], left + removed, characters["before"]]
    assert steps["after stripping"] == [articles["read"], left, characters["stripped"]]
    assert steps["written"] == [articles["written"], written, characters["written"]]
    last_drop = list(steps)[-2]
    assert last_drop.startswith("without those dropped")
    assert steps[last_drop] == steps["written"]  # what the logs say of dropped articles adds up


def test_removals_are_the_manifest_and_the_log(any_run: Finished) -> None:
    rows = any_run.log("removed")
    spans, words = Counter(r["kind"] for r in rows), Counter[str]()
    for row in rows:
        words[row["kind"]] += count_words(row["text"])
    articles = Counter(kind for _, kind in {(r["id"], r["kind"]) for r in rows})
    expected = {kind: [articles[kind], words[kind], spans[kind]] for kind in spans}
    expected["space"] = [spans["space"]]
    shown = {d.get("data-removed"): d for d in any_run.page.xpath("//section[@id='removals']/details")}
    numbers = {kind: d.xpath("summary/span[@class='numbers']/span/text()") for kind, d in shown.items()}
    assert {kind: [number(n) for n in found] for kind, found in numbers.items()} == expected
    assert [kind for kind in shown if kind != "space"] == sorted(
        spans.keys() - {"space"}, key=lambda kind: (-words[kind], -spans[kind], kind)
    )
    for kind, drawer in shown.items():
        assert drawer.xpath("string(summary//small)") == legend()["kinds"][kind]
    assert shown.keys() == any_run.counts["removals"].keys()


def test_every_rule_has_examples_out_of_the_log(any_run: Finished) -> None:
    texts = {" ".join(r["text"].split()) for r in any_run.log("removed")}
    rules = [r for r in any_run.page.xpath("//section[@id='removals']//div[@class='rule']") if r.find("ul") is not None]
    assert len(rules) == sum(len(rules) for kind, rules in any_run.counts["removals"].items() if kind != "space")
    for rule in rules:
        examples = [" ".join(q.text_content().split()) for q in rule.iter("q")]
        assert examples
        assert all(e in texts or e.endswith("…") for e in examples)


def test_phrases_are_counts_over_the_log(any_run: Finished) -> None:
    rows = [(phrase, r) for r in any_run.log("removed") if (phrase := phrase_of(r["why"]))]
    fired, words = Counter(phrase for phrase, _ in rows), Counter[Any]()
    for phrase, row in rows:
        words[phrase] += count_words(row["text"])
    articles = Counter(phrase for phrase, _ in {(phrase, r["id"]) for phrase, r in rows})
    expected = {
        f"{' '.join(p.text.split())} {p.language}, {p.kind}.{p.how}": [articles[p], words[p], fired[p]] for p in fired
    }
    assert {label: [number(n) for n in found] for label, found in any_run.drawers("phrases").items()} == expected


def test_sites_and_languages_add_up(any_run: Finished) -> None:
    words = sum(count_words(r["text"]) for r in any_run.log("removed") if r["kind"] != "space")
    read, written = any_run.counts["articles"]["read"], any_run.counts["language"]
    left = sum(r["words"] for r in read_lines(any_run.output))
    sites, languages = any_run.drawers("sites"), any_run.drawers("languages")
    assert sum(number(n[0]) for n in sites.values()) == read
    assert sum(number(n[1]) for n in sites.values()) == words
    assert sum(int(n[1].split()[2].replace(",", "")) for n in sites.values()) == words + left
    assert {code: number(n[0]) for code, n in languages.items()} == written
    assert sum(number(n[1]) for n in languages.values()) == left


def test_the_rules_of_one_site(finished: Finished) -> None:
    records = [*read_lines(finished.output), *(r["record"] for r in finished.log("dropped"))]
    here = {r["id"] for r in records if r["site"] == "kawatmuara.example"}
    rows = [r for r in finished.log("removed") if r["id"] in here and r["kind"] != "space"]
    spans, words = Counter((r["kind"], r["rule"]) for r in rows), Counter[tuple[str, str]]()
    for row in rows:
        words[row["kind"], row["rule"]] += count_words(row["text"])
    articles = Counter((kind, rule) for _, kind, rule in {(r["id"], r["kind"], r["rule"]) for r in rows})
    shown = finished.table("What was removed from kawatmuara.example")
    assert {(kind, rule): [*map(number, numbers)] for kind, rule, *numbers in shown} == {
        key: [articles[key], words[key], spans[key]] for key in spans
    }
    assert number(finished.drawers("sites")["kawatmuara.example"][0]) == len(here)


def test_encodings_flags_and_repairs(any_run: Finished) -> None:
    counts = any_run.counts
    assert {name: number(n) for name, n in any_run.table("Encodings")} == counts["encoding"]
    flags = {label.split()[0]: number(n[0]) for label, n in any_run.drawers("flags").items()}
    assert flags == counts.get("flag", {})
    records = [*read_lines(any_run.output), *(r["record"] for r in any_run.log("dropped"))]
    steps = sum(len(r["repair"]) for r in records)
    assert sum(number(n) for _, n in any_run.table("Steps of repair")) == steps


def test_the_first_screen_is_date_command_and_findings(finished: Finished) -> None:
    run = json.loads((finished.audit / "manifest.json").read_text("utf-8"))["run"]
    when = datetime.fromisoformat(run["finished"])
    header = finished.page.find(".//header")
    assert header.findtext(".//span[@class='date']").startswith(f"{when.day} {when:%B %Y, %H:%M}")
    command = shlex.split(header.findtext(".//code"))
    assert command == ["cleaner", "clean", str(ROOT / "corpus" / "raw"), "-o", "clean.jsonl"]
    said = [a.text_content() for a in header.xpath(".//ol[@class='findings']/li/a")]
    assert any(sentence.startswith("Titles are missing in ") for sentence in said)
    sections = finished.page.xpath("//section/@id")
    assert sections[:3] == ["findings", "articles", "removals"]
    assert finished.page.xpath("//nav//a/@href")[:3] == ["#findings", "#articles", "#removals"]


def test_every_finding_leads_somewhere(finished: Finished, tmp_path: Path) -> None:
    for page in (finished.page, tree_of(write_report(str(plant(tmp_path, HOSTILE))))):
        links = page.xpath("//section[@id='findings']//a")
        assert links
        for link in links:
            assert page.get_element_by_id(link.get("href")[1:]) is not None
            for name in {"case", "flag", "outcome"} & {key.removeprefix("data-") for key in link.attrib}:
                values = page.xpath(f"//select[@data-by='{name}']/option/@value")
                assert link.get(f"data-{name}") in values


def test_articles_stand_by_the_share_that_went(any_run: Finished) -> None:
    shown = any_run.page.xpath("//div[@id='list-articles']/details")
    shares = [float(a.xpath("string(summary/span[@class='numbers']/span[2])").split()[0]) for a in shown]
    removed = Counter[str]()
    for row in any_run.log("removed"):
        removed[row["id"]] += row["end"] - row["start"]
    records = {r["id"]: r for r in [*read_lines(any_run.output), *(r["record"] for r in any_run.log("dropped"))]}
    lost = {id: 100 * n / (n + len(records[id]["text"])) for id, n in removed.items()}
    long = {id for id in lost if removed[id] + len(records[id]["text"]) >= HALF_OF}
    assert shares[0] == pytest.approx(max(lost[id] for id in long), abs=0.06)
    ids = [a.get("data-id") for a in shown]
    first = [share for id, share in zip(ids, shares, strict=True) if id in long]
    assert first == sorted(first, reverse=True)
    assert shown[0].get("open") is not None


def test_a_title_is_that_of_the_record_or_a_line_that_stayed(finished: Finished) -> None:
    records = {r["id"]: r for r in read_lines(finished.output)}
    for article in finished.page.xpath("//div[@id='list-articles']/details"):
        if record := records.get(article.get("data-id")):
            title = article.xpath("string(summary//bdi)").removesuffix("…")
            if record["title"]:
                assert record["title"].startswith(title)
            else:
                assert any(line.strip().startswith(title) for line in record["text"].split("\n"))
                assert len(title.split()) >= 4 or sum(map(str.isalpha, title)) >= 10


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("SAKETI\nSelasa\n\nPasar ikan buka lagi.\nKios penuh.", "Pasar ikan buka lagi."),
        ("Harga naik\nNaik", "Harga naik"),  # no line is longer, so the first one
        ("2024年4月の市場で魚が売れた\n本文", "2024年4月の市場で魚が売れた"),
        ("ตลาดปลากลับมาเปิดอีกครั้งหลังน้ำท่วมลดลง\nข่าว", "ตลาดปลากลับมาเปิดอีกครั้งหลังน้ำท่วมลดลง"),
        ("• 首页\n• 新闻中心\n市场里的鱼价又涨了两成左右\n正文", "市场里的鱼价又涨了两成左右"),
        ("- Menu\n• Pasar ikan buka lagi", "Pasar ikan buka lagi"),
        ("", ""),
    ],
)
def test_a_line_in_place_of_a_title(text: str, title: str) -> None:
    assert title_of({"title": "", "text": text}) == title
    assert title_of({"title": "Judul", "text": text}) == "Judul"


def test_every_kind_has_a_line_and_a_colour() -> None:
    named = [kind for family in legend()["families"].values() for kind in family["kinds"]]
    assert sorted(named) == sorted({*KINDS, *MASKS})
    assert {*named} <= legend()["kinds"].keys()
    assert {*FLAGS, "strip-guard", "repeated-long-line", "markup"} == legend()["flags"].keys()
    assert [*legend()["cases"]] == [*CASES]
    style = (ROOT / "cleaner/audit/report/page.css").read_text("utf-8")
    assert all(f".k-{family} " in style or f".k-{family}," in style for family in legend()["families"])


def test_sites_and_languages_filter_everything_that_is_shown(finished: Finished) -> None:
    options = finished.page.xpath("//select[@id='in-site']/option[@value != '']")
    sites = {option.get("value"): option.text_content() for option in options}
    languages = finished.page.xpath("//select[@id='in-language']/option/@value")
    records = [*read_lines(finished.output), *(r["record"] for r in finished.log("dropped"))]
    places = {r["id"]: (clipped(site_or_folder(r), 60), r["language"]) for r in records}
    named = [
        (name.get("data-at").split(":"), name.text_content()) for name in finished.page.xpath("//span[@class='id']")
    ]
    # of the keeper of a pair, and of the members of a cluster, the page knows no more than the id
    known = [(sites[site], language, id) for (site, language), id in named if site]
    assert len(known) > 100
    assert all((site, language) == places[id] for site, language, id in known)
    for article in finished.page.xpath("//div[@id='list-articles']/details"):
        site, language = article.get("data-at").split(":")
        assert (sites[site], language) == places[article.get("data-id")]
        assert language in languages


def test_options_at_their_defaults_are_no_choice(finished: Finished, tmp_path: Path) -> None:
    assert finished.page.xpath("//section[@id='run']//p[@class='none']/text()") == ["Options that were chosen: none."]
    options = Options(workers=1, language="id,en", min_chars=5, strip=False, tidy_space=True)
    done = clean_corpus(ROOT / "corpus" / "raw" / "feeds", tmp_path / "a b.jsonl", options)
    page = tree_of(Path(done.report_path))
    chosen = {
        row.xpath("string(td[1])"): row.xpath("string(td[2])") for row in page.xpath("//section[@id='run']//tr[td]")
    }
    given = {"language": "id,en", "min_chars": "5", "strip": "False", "tidy_space": "True"}
    assert {name: chosen[name] for name in given} == given
    assert "keep_kinds" not in chosen
    command = shlex.split(page.findtext(".//code"))
    assert command[:5] == ["cleaner", "clean", str(ROOT / "corpus" / "raw" / "feeds"), "-o", "a b.jsonl"]
    # the command line takes what the page says, and means the same by it
    parsed = cleaner_command.commands["clean"].make_context("clean", command[2:], resilient_parsing=True).params
    assert {name: parsed[name] for name in given} == {
        "language": "id,en",
        "min_chars": 5,
        "strip": False,
        "tidy_space": True,
    }


def test_clusters_of_two_are_a_list_without_bars(finished: Finished) -> None:
    sizes = Counter(1 + len(r["duplicates"]) for r in read_lines(finished.output) if r["duplicates"])
    twos = finished.page.xpath("//ul[@id='list-twos']/li")
    assert len(twos) == sizes[2] > 0
    assert not finished.page.xpath("//ul[@id='list-twos']//*[local-name()='svg']")
    large = [number(n[0]) for n in finished.drawers("duplicates").values() if n[0].endswith("articles")]
    assert large == sorted((size for size in sizes.elements() if size > 2), reverse=True)


def test_what_was_only_marked_is_shown_in_clusters_and_pairs(finished: Finished, tmp_path: Path) -> None:
    marked = finish(ROOT / "corpus" / "raw", tmp_path, Options(workers=1, mark=True))
    duplicates = [r for r in read_lines(marked.output) if r["drop_reason"] == "duplicate"]
    clusters = finished.table("Sizes of clusters")
    assert marked.table("Sizes of clusters") == clusters != []
    assert marked.table("Sizes of clusters")
    lead = marked.page.xpath("string(//section[@id='duplicates']/p[@class='lead'])")
    assert lead.startswith(f"{len(duplicates)} articles were marked")
    pairs = marked.page.xpath("//details[contains(@class, 'pair')]")
    alike = [float(p.xpath("string(summary/span[@class='numbers']/span[1])").split()[-1]) for p in pairs]
    assert alike == sorted(r["similarity"] for r in duplicates)
    badges = marked.page.xpath("//div[@id='list-articles']//span[contains(@class, 'dropped')]/text()")
    assert badges == ["would be dropped: duplicate"] * len(duplicates)
    assert "articles marked, not dropped" in marked.page.xpath("//ul[@class='cards']/li/span/text()")
    page = (marked.audit / "report.html").read_bytes()
    (marked.audit / "report.json").unlink()
    assert write_report(str(marked.output)).read_bytes() == page  # the output says it as well


def test_runs_of_which_little_is_to_be_shown(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    article = "Pasar ikan di kota itu buka lagi pada Selasa pagi setelah banjir surut, kata kepala pasar."
    (tmp_path / "in" / "a.txt").write_text(article, "utf-8")
    one = finish(tmp_path / "in", tmp_path / "one").page
    assert one.xpath("//p[@class='fine']/b/text()") == ["Nothing unusual was found."]
    assert one.xpath("string(//section[@id='articles']/p[@class='lead'])").startswith("The only article.")
    assert one.xpath("string(//section[@id='removals']/p[@class='none'])") == "Nothing was removed from any text."
    assert one.xpath("//form[contains(@class, 'scope')]/@hidden") == [""]
    assert not one.xpath("//div[@id='list-articles']/details/@open")  # nothing of it went
    gone = finish(tmp_path / "in", tmp_path / "gone", Options(workers=1, language="sw")).page
    finding = gone.xpath("//section[@id='findings']//li")[0]
    assert finding.text_content() == "Nothing was written: the only article was dropped. Why: language 1."
    assert finding.xpath("a/@data-outcome") == ["language"]


def test_numbers_of_thousands_have_commas(tmp_path: Path) -> None:
    page = tree_of(write_report(str(plant(tmp_path, "kata " * 40, articles=1200))))
    assert page.xpath("//ul[@class='cards']/li/b/text()")[:2] == ["1,200", "1,199"]
    assert not re.search(r"(?<![\w.,/-])\d{4,}(?= (articles|words|spans|characters))", page.text_content())


def test_the_doubtful_pairs_come_first(finished: Finished) -> None:
    dropped = [r for r in finished.log("dropped") if r["reason"] == "duplicate"]
    pairs = finished.page.xpath("//details[contains(@class, 'pair')]")
    alike = [float(p.xpath("string(summary/span[@class='numbers']/span[1])").split()[-1]) for p in pairs]
    assert alike == sorted(r["jaccard"] for r in dropped)  # all of them, the doubtful ones first


def test_all_articles_of_a_small_corpus_with_their_whole_text(finished: Finished) -> None:
    shown = finished.page.xpath("//div[@id='list-articles']/details")
    assert len(shown) == finished.counts["articles"]["read"]
    article = next(a for a in shown if a.get("data-id").endswith("vendanges-nuit.txt"))
    [shown_text] = copy.deepcopy(article).find_class("text")
    for tip in shown_text.find_class("tip"):
        tip.drop_tree()
    before = shown_text.text_content()
    record = next(r for r in read_lines(finished.output) if r["id"] == article.get("data-id"))
    removed = [r for r in finished.log("removed") if r["id"] == record["id"]]
    assert before == "".join(piece for piece, _ in spans(record["text"], removed))


def test_every_marked_span_tells_its_reason(finished: Finished) -> None:
    gone = finished.page.xpath("//del[contains(@class, 'gone')]")
    whys = {r["why"] for r in finished.log("removed")}
    assert gone
    for span in gone:
        tip = span.get_element_by_id(span.get("aria-describedby")).text_content()
        assert span.get("tabindex") == "0"
        assert tip.split(": ", 1)[1] in whys or tip.endswith("…")


def test_the_same_run_gives_the_same_page(finished: Finished, tmp_path: Path) -> None:
    again = write_report(str(finished.output), to=tmp_path / "again.html")
    assert again.read_bytes() == (finished.audit / "report.html").read_bytes()


@pytest.mark.parametrize("known", ["missing", "of other files", "of another version", "broken"])
def test_the_output_and_its_logs_give_what_the_run_knew(finished: Finished, tmp_path: Path, known: str) -> None:
    page, findings = finished.audit / "report.html", finished.audit / "report.json"
    expected = page.read_bytes(), findings.read_bytes()
    copied = shutil.copytree(finished.audit, tmp_path / "clean.jsonl.audit") / "report.json"
    if known == "missing":
        copied.unlink()
    elif known == "broken":
        copied.write_bytes(expected[1][:1000])
    else:
        content = json.loads(expected[1])
        if known == "of other files":
            content["of"]["output"]["sha256"] = "0"
            content["findings"]["views"] = []
        else:
            del content["findings"]["views"]
        copied.write_text(json.dumps(content), "utf-8")
    shutil.copy(finished.output, tmp_path)
    again = write_report(str(tmp_path / "clean.jsonl"))
    assert (again.read_bytes(), copied.read_bytes()) == expected


def test_shards_of_an_older_version_have_no_tallies(finished: Finished, tmp_path: Path) -> None:
    write_shard(tmp_path / "0.arrow", {}, {"counts": []})
    page = write_report(str(finished.output), to=tmp_path / "page.html", shards=[tmp_path / "0.arrow"])
    assert page.read_bytes() == (finished.audit / "report.html").read_bytes()


def test_of_a_run_to_stdout_only_what_is_known_is_said(finished: Finished, tmp_path: Path) -> None:
    audit = shutil.copytree(finished.audit, tmp_path / "audit")
    (audit / "report.json").unlink()
    page = tree_of(write_report("-", audit=audit))
    assert page.findtext(".//h1/bdi") == "Standard output"
    cards = [" ".join(card.itertext()).split() for card in page.xpath("//ul[@class='cards']/li")]
    assert cards[1] == [str(finished.counts["articles"]["written"]), "articles", "written"]  # and no words
    steps = page.xpath("//ol[@class='funnel']/li[1]/span[@class='numbers']/span/text()")
    assert [step.split()[1] for step in steps] == ["articles", "characters"]
    assert "left out than kept" not in page.text_content()


def test_a_run_to_stdout_has_a_report_too(finished: Finished, tmp_path: Path) -> None:
    page = write_report("-", audit=finished.audit, to=tmp_path / "r.html").read_text("utf-8")
    assert f"{finished.counts['articles']['written']:,}" in page


def test_an_output_without_logs(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="finished run"):
        write_report(str(tmp_path / "none.jsonl"))


# --- untrusted content ---


def test_planted_markup_is_shown_and_never_markup(tmp_path: Path) -> None:
    page = write_report(str(plant(tmp_path, HOSTILE))).read_text("utf-8")
    tree = html.document_fromstring(page)
    assert page.count("<script") == page.count("</script") == 1
    assert page.count("<style") == page.count("</style") == 1
    assert not tree.xpath("//img")
    assert not [
        name for element in tree.iter("*") for name in element.attrib if name.startswith("on") or name == "style"
    ]
    assert not tree.xpath("//@src")
    assert all(href.startswith("#") for href in tree.xpath("//@href"))
    assert HOSTILE in tree.text_content()


def test_the_policy_names_the_own_code_and_nothing_else(finished: Finished) -> None:
    policy = finished.page.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    page = (finished.audit / "report.html").read_text("utf-8")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for tag in ("script", "style"):
        code = re.search(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert code
        digest = base64.b64encode(hashlib.sha256(code[1].encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"


@pytest.mark.parametrize(
    "content", ['"' * 9_000, "\x00\x1b\u202e" * 3_000, "漢" * 9_000], ids=["quotes", "controls", "han"]
)
def test_it_stays_under_5_mb_whatever_the_texts_are(content: str, tmp_path: Path) -> None:
    page = write_report(str(plant(tmp_path, content, articles=420)))
    assert page.stat().st_size < 5_000_000
    assert "\x00" not in page.read_text("utf-8")


@given(
    st.text(st.one_of(st.characters(exclude_categories=()), st.sampled_from("<>&\"'\0\x85\u202e\u2067\ud800\uffff")))
)
def test_text_is_content_and_nothing_else(content: str) -> None:
    element = environment().from_string('<p title="{{ content }}">{{ content }}</p>').render(content=content)
    assert element.count("<") == element.count(">") == 2
    assert element.count('"') == 2
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]", element)
    element.encode()


def test_a_name_that_a_template_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="mising"):
        environment().from_string("{{ mising }}").render(missing="")


# --- parts ---


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), max_size=40), st.randoms(use_true_random=False))
def test_every_logged_article_comes_once_with_its_rows(plan: list[tuple[bool, int]], random: Random) -> None:
    sources = sorted(str(random.randrange(5)) for _ in plan)
    made = [
        ({"id": str(i), "source": source}, drop, n)
        for i, (source, (drop, n)) in enumerate(zip(sources, plan, strict=True))
    ]
    written = [a for a, drop, _ in made if not drop]
    dropped = [{"record": a} for a, drop, _ in made if drop]
    removed = [(a["id"], [{"start": k} for k in range(n)]) for a, _, n in made if n]
    found_articles = list(logged_articles(written, dropped, removed, sizes=(len(written), len(dropped))))
    found = {w.record["id"]: (w.drop is not None, len(w.removed)) for w in found_articles if w.record}
    assert found == {a["id"]: (drop, n) for a, drop, n in made}
    assert len(found_articles) == len(made)


@settings(deadline=None)
@given(st.text(max_size=60), st.lists(st.integers(0, 60), max_size=8))
def test_spans_give_the_text_before(before: str, cuts: list[int]) -> None:
    edges = sorted({c for c in cuts if c <= len(before)})
    removed = list(zip(edges[::2], edges[1::2], strict=False))
    rows = [{"start": a, "end": b, "text": before[a:b], "kind": "ad"} for a, b in removed]
    kept = zip((0, *(b for _, b in removed)), (*(a for a, _ in removed), len(before)), strict=True)
    clean = "".join(before[a:b] for a, b in kept)
    assert "".join(span for span, _ in spans(clean, rows)) == before
    assert [row for _, row in spans(clean, rows) if row] == rows


LINES = st.lists(
    st.lists(st.sampled_from(["satu", "dua", "tiga", "empat", "lima"]), min_size=1, max_size=5).map(" ".join),
    max_size=12,
)


@settings(deadline=None)
@given(LINES, LINES)
def test_side_by_side_loses_nothing_and_marks_only_differences(left: list[str], right: list[str]) -> None:
    rows = list(aligned("\n".join(left), "\n".join(right)))

    def words(side: int) -> list[str]:
        return [w for row in rows for w in "".join(part for _, part in row[side]).split()]

    assert words(1) == " ".join(left).split()
    assert words(2) == " ".join(right).split()
    for row in rows:
        same = [["".join(part for differs, part in side if not differs).split()] for side in row[1:]]
        assert same[0] == same[1]


@pytest.mark.parametrize(
    ("why", "phrase"),
    [
        ("id list, ad.between: Iklan", ("id", "ad", "between", "Iklan")),
        ("a number and de list, comment.weak: Kommentare", ("de", "comment", "weak", "Kommentare")),
        ("behind the last paragraph, after tags (en list, tags.line: Tags:)", ("en", "tags", "line", "Tags:")),
        ("id list, footer.line: Hak cipta © {any}; also block-tail", ("id", "footer", "line", "Hak cipta © {any}")),
        ("it stands beside 7 of the site's 7 different articles", None),
        ("under 'The list, in full: all'", None),
    ],
)
def test_the_phrase_named_in_a_reason(why: str, phrase: tuple[str, str, str, str] | None) -> None:
    found = phrase_of(why)
    assert (found and (found.language, found.kind, found.how, found.text)) == phrase
