"""The dataset card: its YAML is what Hugging Face reads, and its figures are the manifest's."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import HOSTILE, plant
from sample import ROOT

from cleaner import Options, clean_corpus
from cleaner.audit.card import _plain, card
from cleaner.errors import OutputError


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("card") / "clean.jsonl"
    clean_corpus(ROOT / "corpus" / "raw" / "wartamuara.example", path, Options(workers=1, min_similarity=0.7))
    return path


def manifest(output: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((output.with_name(f"{output.name}.audit") / "manifest.json").read_text("utf-8"))
    return found


def head(text: str) -> list[str]:
    return text.split("---\n")[1].splitlines()


def test_the_yaml(output: Path) -> None:
    lines = head(card(str(output)))
    languages = sorted(manifest(output)["counts"]["language"])
    assert sorted(line[3:-1] for line in lines if line.startswith('- "')) == languages
    assert "- n<1K" in lines
    assert '  data_files: "clean.jsonl"' in lines
    assert not [line for line in lines if line.startswith(("license", "task"))]


def test_figures_are_the_manifests(output: Path) -> None:
    text, counts = card(str(output)), manifest(output)["counts"]
    assert f"| read | {counts['articles']['read']:,} | {counts['characters']['before']:,} |" in text
    assert f"| written | {counts['articles']['written']:,} | {counts['characters']['written']:,} |" in text
    for kind, rules in counts["removals"].items():
        characters = sum(counts["removed_characters"][kind].values())
        assert f"| {kind} | {sum(rules.values()):,} | {characters:,} |" in text


def test_options_that_differ_from_the_defaults(output: Path) -> None:
    assert re.search(r"\| min\\_similarity \| 0\.7 \|", card(str(output)))
    assert "keep\\_kinds" not in card(str(output))


def test_versions(output: Path) -> None:
    for name, version in manifest(output)["libraries"].items():
        assert f"{name} {version}" in card(str(output))


def test_a_folder_of_shards(tmp_path: Path) -> None:
    (tmp_path / "raw.txt").write_text("Harga beras naik lagi di pasar induk, kata para pedagang pagi ini.", "utf-8")
    clean_corpus(tmp_path / "raw.txt", tmp_path / "out", Options(workers=1, shards=2))
    assert '  data_files: "part-*"' in head(card(str(tmp_path / "out")))


@pytest.mark.parametrize("name", ["out", "out.txt", "parts"])
def test_the_files_that_a_card_in_a_folder_names_are_there(tmp_path: Path, name: str) -> None:
    split = ("train=.7", "test=.3") if name == "parts" else ()
    raw = ROOT / "corpus" / "raw" / "wartamuara.example"
    clean_corpus(raw, f"{tmp_path}/{name}/", Options(workers=1, report=False, card=True, split=split))
    lines = head((tmp_path / name / "README.md").read_text("utf-8"))
    patterns = [found[1] for line in lines if (found := re.search(r'(?:path|data_files): "(.+)"', line))]
    assert len(patterns) == (2 if split else 1)
    assert all(list((tmp_path / name).glob(pattern)) for pattern in patterns)


def test_names_from_outside_make_no_markup(tmp_path: Path) -> None:
    text = card(str(plant(tmp_path, HOSTILE)))
    assert "\\<script\\>" in text
    assert not re.search(r"(?<!\\)<(?!1K|!-- Cleaner)", text.split("---\n", 2)[2])


@settings(deadline=None)
@given(st.text())
def test_plain_text_stays_on_its_line(content: str) -> None:
    shown = _plain(content)
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)(?:\\\\)*[<>|`\[\]*_]", shown)


def test_an_output_without_a_manifest(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="finished run"):
        card(str(tmp_path / "none.jsonl"))


def test_a_split_folder_names_its_parts(tmp_path: Path) -> None:
    clean_corpus(
        ROOT / "corpus" / "raw" / "wartamuara.example",
        f"{tmp_path}/parts/",
        Options(workers=1, report=False, split=("train=.7", "test=.3"), mark=True),
    )
    text = card(f"{tmp_path}/parts/")
    lines = head(text)
    assert lines[lines.index("  data_files:") : lines.index("dataset_info:")] == [
        "  data_files:",
        "  - split: test",
        '    path: "test-*"',
        "  - split: train",
        '    path: "train-*"',
    ]
    assert "| duplicate_of, similarity, drop_reason, cluster |" in text
    assert "| split |" in text


def test_fields_that_no_option_asked_for_are_not_named(output: Path) -> None:
    assert "| words |" in card(str(output))
    assert "duplicate_of" not in card(str(output))
