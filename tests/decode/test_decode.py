"""Bytes to text: the cascade, its traps, claims and hints."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.decode.decode import Decoded, decode
from cleaner.decode.labels import codec_of
from cleaner.read.text import folder_hint

CASES = tomllib.loads((Path(__file__).parents[1] / "cases/decode/bytes.toml").read_text("utf-8"))["case"]
LANGUAGES = tomllib.loads((Path(__file__).parents[2] / "benchmarks/data/languages.toml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    text = case["text"].replace("〜", case.get("fold", "〜"))
    data = bytes.fromhex(case["hex"]) if "hex" in case else text.encode(case["encoding"])
    assert decode(data) == Decoded(text, case["found"], case.get("replaced", 0))


@pytest.mark.parametrize("encoding", LANGUAGES["encodings"])
def test_every_legacy_encoding_gives_the_text_back(encoding: str) -> None:
    for language in LANGUAGES["encodings"][encoding]:
        data = (LANGUAGES["texts"][language] * 2).encode(encoding, "ignore")
        assert decode(data).text == data.decode(encoding), language


@given(st.binary(max_size=400), st.booleans())
@settings(deadline=None, max_examples=80)
def test_any_bytes_decode(data: bytes, html: bool) -> None:
    decoded = decode(data, html=html)
    decoded.text.encode("utf-8")
    assert (decoded.replaced > 0) <= ("\ufffd" in decoded.text)


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\x1b~"), max_size=300))
@settings(deadline=None, max_examples=100)
def test_utf8_passes_to_the_letter(text: str) -> None:
    assert decode(text.encode("utf-8")) == Decoded(text.removeprefix("\ufeff"), "utf-8", 0)


@given(st.integers(0, 10**6), st.sampled_from(["id", "fr", "ru", "zh", "vi"]))
@settings(deadline=None, max_examples=60)
def test_utf8_cut_anywhere_stays_utf8(at: int, language: str) -> None:
    data = LANGUAGES["texts"][language].encode("utf-8")
    cut = data[: 300 + at % (len(data) - 300)]
    assert decode(cut).text == cut.decode("utf-8", "replace")


def page(body: str, encoding: str, label: str) -> bytes:
    meta = f'<meta charset="{label}">' if label else ""
    return f"<html><head>{meta}<title>x</title></head><body><p>{body}</p></body></html>".encode(encoding, "ignore")


@pytest.mark.parametrize(
    ("language", "encoding"), [("ru", "cp1251"), ("fr", "cp1252"), ("ja", "shift_jis"), ("id", "utf-8")]
)
@pytest.mark.parametrize("label", ["", "utf-8", "iso-8859-1", "windows-1251", "gbk", "shift_jis", "nonsense", "utf-16"])
def test_a_page_is_read_whatever_it_declares(language: str, encoding: str, label: str) -> None:
    data = page(LANGUAGES["texts"][language], encoding, label)
    assert decode(data, html=True).text == data.decode(encoding)
    assert decode(data, html=True, declared="koi8-r").text == data.decode(encoding)


def test_a_declaration_decides_where_the_text_does_not() -> None:
    data = page("Ştefan şi Ţăndărică", "cp1250", "windows-1250")
    assert decode(data, html=True).text == data.decode("cp1250")


def test_a_declaration_in_a_comment_is_none() -> None:
    data = b"<!-- <meta charset=koi8-r> -->" + page(LANGUAGES["texts"]["fr"], "cp1252", "")
    assert decode(data, html=True).encoding == "cp1252"


def test_the_hint_decides_for_short_texts_only() -> None:
    short = "Čeština".encode("iso8859-2")
    assert decode(short, hint="iso8859-2").text == "Čeština"
    long = LANGUAGES["texts"]["ru"].encode("cp1251")
    assert decode(long, hint="koi8-r").encoding == "cp1251"


def test_a_folder_agrees_on_its_encoding(tmp_path: Path) -> None:
    for i, sentence in enumerate(LANGUAGES["texts"]["pl"].strip().split("\n")):
        (tmp_path / f"{i}.txt").write_bytes(sentence.encode("iso8859-2", "ignore"))
    paths = tuple(str(path) for path in sorted(tmp_path.iterdir()))
    assert folder_hint(paths) == "iso8859-2"
    assert folder_hint(()) == ""
    assert folder_hint((str(tmp_path / "none.txt"),)) == ""


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("latin1", "cp1252"),
        (" UTF8 ", "utf-8"),
        ("gb2312", "gb18030"),
        ("x-sjis", "cp932"),
        ("tis-620", "cp874"),
        ("cp1006", "cp1006"),
        ("rot13", ""),
        ("idna", ""),
        ("", ""),
        ("a\0b", ""),
        ("../x", ""),
    ],
)
def test_labels_mean_what_the_web_means(label: str, codec: str) -> None:
    assert codec_of(label) == codec


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        *(("ru", "cp1251"), ("ru", "koi8-r"), ("uk", "cp1251"), ("ru", "cp866"), ("el", "cp1253")),
        *(("sr", "iso-8859-5"), ("pl", "cp1250"), ("hu", "iso-8859-2"), ("fr", "cp1252"), ("tr", "cp1254")),
    ],
)
def test_a_text_in_capitals(language: str, encoding: str) -> None:
    data = LANGUAGES["texts"][language].upper().encode(encoding, "ignore")
    assert decode(data).text == data.decode(encoding)


GOOD = "Le verger de l'école a déjà été planté, et les élèves y pèsent la récolte chaque été.\n\n"


@pytest.mark.parametrize(
    ("line", "encoding"),
    [
        ("La maîtresse a déclaré que les pommes seront vendues à la fête.", "cp1252"),
        ("Die Äpfel für die Schüler kosten zwölf Kronen, sagte der Bürgermeister.", "cp1252"),
        ("Žáci prodali jablka na náměstí a příští rok zasadí hrušně.", "cp1250"),
    ],
)
def test_a_line_in_a_legacy_encoding_is_decoded_by_itself(line: str, encoding: str) -> None:
    good = GOOD.encode()
    assert decode(good + line.encode(encoding) + b"\n" + good) == Decoded(f"{GOOD}{line}\n{GOOD}", "utf-8")


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        (b"informa\xc3o e educa\xc3o", 2),  # the second byte of each letter is lost
        (b"caf\xa9 et th\xa9", 2),  # the first byte is lost
        (b"L'\xe9cole et l'\xc3\xa9t\xc3\xa9", 1),  # UTF-8 and one high byte in one line
        (b"cafe \xff the", 1),
        (b"\x80\x81\x82\x83 \xfe\xff", 6),
    ],
)
def test_damaged_utf8_stays_damaged(line: bytes, bad: int) -> None:
    decoded = decode(GOOD.encode() + line + b"\n" + GOOD.encode())
    assert decoded.replaced == decoded.text.count("\ufffd") == bad
    assert decoded.encoding == "utf-8"


FIRST = "Pengrajin perahu di Teluk Sariwangi menerima pesanan “baru” dari tiga kabupaten.\n"
SECOND = "Kelompok ibu di Dusun Jatirasa mengolah kulit kopi — menjadi pupuk.\n"
THIRD = "村民们自己出钱买回了磨坊旁边的池塘。\n" * 3


@pytest.mark.parametrize(
    ("encoding", "order"),
    [
        *(("utf-16-le", order) for order in ("8w", "w8", "8w8", "w8w", "bw8", "8bw8", "b8")),
        *(("utf-16-be", order) for order in ("bw8", "8bw8", "b8")),
    ],
)
def test_a_file_to_which_a_shell_appended_in_another_encoding(encoding: str, order: str) -> None:
    texts = {"8": FIRST, "w": SECOND, "b": "\ufeff"}
    data = b"".join(texts[part].encode("utf-8" if part == "8" else encoding) for part in order)
    found = decode(data)
    assert found.text.replace("\ufeff", "") == "".join(texts[part] for part in order if part != "b")
    assert (found.encoding, found.replaced) == (encoding, 0)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32-le"])
def test_one_wide_encoding_is_no_mixture(encoding: str) -> None:
    for text in (FIRST + SECOND, FIRST + THIRD + SECOND):
        found = decode(text.encode(encoding))
        assert (found.text, found.replaced) == (text, 0)


@pytest.mark.parametrize("nuls", [1, 3, 40, 2000])
def test_stray_nuls_make_no_utf_16(nuls: int) -> None:
    for data in (
        FIRST + "\0" * nuls + SECOND,
        FIRST + "\0" * nuls,
        "\0" * nuls + FIRST,
        f"{FIRST[:27]}{chr(0) * nuls}{SECOND}",
    ):
        assert decode(data.encode()) == Decoded(data, "utf-8", 0)


def test_emoji_whose_halves_are_encoded_each_by_itself() -> None:
    halves = "\ud83d\ude00".encode("utf-8", "surrogatepass")
    assert decode(FIRST.encode() + halves + SECOND.encode()) == Decoded(f"{FIRST}\U0001f600{SECOND}", "utf-8", 0)
    found = decode(FIRST.encode() + halves[:3] + SECOND.encode())  # half of one is damage
    assert found.text.startswith(f"{FIRST}\ufffd")
    assert found.replaced
