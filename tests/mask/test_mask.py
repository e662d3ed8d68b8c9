"""What is masked and what stays. A case marks what has to be found in « »; its file says of which kind that is."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sample import ROOT

from cleaner.article import MASKS, cut
from cleaner.cli import main
from cleaner.mask.checks import is_iban, is_nik, passes_luhn
from cleaner.mask.mask import find_masks, mask_text
from cleaner.mask.phones import load_phonenumbers
from cleaner.mask.words import speaks_for

pytest.importorskip("phonenumbers")

Found = list[tuple[str, int, int]]


def cases(name: str) -> list[dict[str, str]]:
    path = ROOT / "tests" / "cases" / "mask" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def expected(case: dict[str, str], kind: str) -> tuple[str, Found]:
    """The text of a case without its marks, and what stands between them."""
    text, found = "", []
    for number, part in enumerate(re.split("[«»]", case["text"])):
        if number % 2:
            found.append((kind, len(text), len(text) + len(part)))
        text += part
    return text, found


def found_in(text: str, language: str, kinds: Any = MASKS) -> Found:
    return [(one.kind, one.start, one.end) for one in find_masks(text, kinds, language=language)]


@pytest.mark.parametrize("case", cases("traps"), ids=lambda case: case["text"])
def test_what_is_nobodys_stays(case: dict[str, str]) -> None:
    assert found_in(case["text"], case["language"]) == []


@pytest.mark.parametrize("kind", MASKS)
def test_precision_and_recall_of_a_kind(kind: str) -> None:
    """Over its cases, the traps and the cases of all other kinds: precision .99, recall .95."""
    counts: Counter[str] = Counter()
    for name in (*MASKS, "traps"):
        for case in cases(name):
            text, wanted = expected(case, name)
            found = [one for one in found_in(text, case["language"]) if one[0] == kind]
            wanted = wanted if name == kind else []
            counts["right"] += len({*found} & {*wanted})
            counts["found"] += len(found)
            counts["wanted"] += len(wanted)
    assert counts["wanted"] >= 40
    assert counts["right"] >= 0.99 * counts["found"]
    assert counts["right"] >= 0.95 * counts["wanted"]


@pytest.mark.parametrize("kind", MASKS)
def test_each_kind_is_found_without_the_others(kind: str) -> None:
    for case in cases(kind):
        text, wanted = expected(case, kind)
        assert {one[0] for one in found_in(text, case["language"], [kind])} <= {kind}
        if kind not in ("card", "nik"):  # of these some numbers may be both
            assert found_in(text, case["language"], [kind]) == wanted


def test_what_is_masked_names_its_kind() -> None:
    text = "Surat ke redaksi@contoh.example, telepon (021) 555-1234."
    assert mask_text(text, ["email", "phone"], language="id") == "Surat ke <email>, telepon <phone>."
    assert mask_text(text, ["email"]) == "Surat ke <email>, telepon (021) 555-1234."
    assert mask_text(text, []) == text


PIECES = [
    *("a@b.id", "0812-3456-7890", "4111 1111 1111 1111", "3273014107900001", "8.8.8.8", "DE89370400440532013000"),
    *("IP", " ", "\n", ".", "(", ")", "NIK", "+62", "1", "@", "-", "/", "Telp.", "2024", "https://", "é"),
]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(PIECES),
        max_size=12,
    ).map("".join)
)
def test_masks_are_sorted_disjoint_and_found_once(text: str) -> None:
    masks = find_masks(text, MASKS, language="id")
    ends = [0, *(one.end for one in masks)]
    assert all(end <= one.start < one.end for end, one in zip(ends, masks, strict=False))
    masked = cut(text, masks)
    assert len(masked) == len(text) + sum(len(one.replacement) - (one.end - one.start) for one in masks)


@given(st.integers(0, 10**15).map("{:015d}".format))
def test_one_check_digit_of_ten_is_right(digits: str) -> None:
    assert sum(passes_luhn(f"{digits}{last}") for last in range(10)) == 1


@given(st.integers(0, 10**18 - 1).map("{:018d}".format), st.integers(0, 17), st.integers(1, 9))
def test_an_account_with_one_other_digit_is_none(digits: str, at: int, by: int) -> None:
    good = next(f"DE{check:02d}{digits}" for check in range(2, 99) if is_iban(f"DE{check:02d}{digits}"))
    other = f"{good[: at + 4]}{(int(good[at + 4]) + by) % 10}{good[at + 5 :]}"
    assert not is_iban(other)


@pytest.mark.parametrize(
    ("digits", "is_one"),
    [
        ("3273014107900001", True),
        ("3273012902000001", True),  # 29 February 2000
        ("3273012902010001", False),
        ("3273016902000001", True),  # of a woman
        ("3273017202000001", False),
    ],
)
def test_a_day_of_birth_is_a_day(digits: str, is_one: bool) -> None:
    assert is_nik(digits) is is_one


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("Telp. ", "phone", 1),
        ("Rekening ", "phone", -1),
        ("Telp. dan rekening ", "phone", -1),
        ("Rekening dan telp. ", "phone", 1),
        ("Rekening\n", "phone", 0),
        ("kode area ", "phone", 1),
        ("kode ", "phone", -1),
        ("", "phone", 0),
        ("IPv4 ", "ip", 1),
        ("Rp", "ip", -1),
    ],
)
def test_the_nearest_word_tells(text: str, kind: str, says: int) -> None:
    assert speaks_for(f"{text}123", len(text), kind) == says


def test_without_the_library_a_run_is_refused_before_it_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    load_phonenumbers.cache_clear()
    given = tmp_path / "in.txt"
    given.write_text("Surat ke redaksi@contoh.example, telepon (021) 555-1234.", "utf-8")
    done = CliRunner().invoke(main, ["clean", str(given), "-o", str(tmp_path / "out.jsonl"), "--mask", "email,phone"])
    assert done.exit_code == 2
    assert "pip install 'cruftless[mask]'" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.txt"]
    # the other kinds need nothing
    assert mask_text("Surat ke redaksi@contoh.example.", ["email", "card"]) == "Surat ke <email>."


@pytest.mark.parametrize("between", ["/", " / ", " atau ", ", telp. ", ", ", "; WA:"])
def test_a_number_behind_an_address_of_mail_is_found(between: str) -> None:
    """The `id` of the address is no word that says the number is an identity number."""
    text = f"Daftar di panitia@contoh.co.id{between}0812-3456-7890."
    assert mask_text(text, ("email", "phone"), language="id") == f"Daftar di <email>{between}<phone>."
