"""No command sends control characters to a terminal, and stdout gets only the lines of its result."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleaner.cli import main
from cleaner.cli.streams import OBEYED, OUR_STYLES, ShownText

HOSTILE = "\x1b]0;title\x07\x1b[2J\x9b31m\u202egnp\u2066"
ARTICLE = f"Warga {HOSTILE} menanam kembali bakau di pesisir utara yang rusak sejak tahun lalu.\n\nIklan\n"


def run(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    """A command in a process of its own: its exit status and what it sent."""
    command = [sys.executable, "-m", "cleaner", *arguments]
    done = subprocess.run(command, capture_output=True, env={**os.environ, **(env or {})})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def warc(path: Path) -> None:
    body = f"HTTP/1.1 200 OK\r\nContent-Type: image/{HOSTILE}\r\n\r\n123".encode()
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://glint.example/{HOSTILE}\r\n"
    head += "WARC-Date: 2024-08-20T10:00:00Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
    head += f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(body)}\r\n\r\n"
    path.write_bytes(head.encode() + body + b"\r\n\r\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Inputs that are hostile in every place that a command may show, and two finished runs over them."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "raw").mkdir()
    (folder / "raw" / f"n{HOSTILE}.txt").write_text(ARTICLE, "utf-8")
    row = {"id": f"i{HOSTILE}", "text": ARTICLE, "title": HOSTILE, "url": f"https://{HOSTILE}.example/a", HOSTILE: 1}
    (folder / "raw/rows.jsonl").write_text(json.dumps(row) + "\n" + f'{{"text": {HOSTILE}\n', "utf-8")
    (folder / "raw/table.csv").write_text(f"{HOSTILE},b\n1,2\n", "utf-8")
    warc(folder / "raw/a.warc")
    (folder / "lists").mkdir()
    (folder / "lists/id.toml").write_text(f'[ad]\nline = ["Pariwara {HOSTILE[-4:]} kota"]\n', "utf-8")
    (folder / "wrong").mkdir()
    (folder / "wrong/id.toml").write_text('["a\\u001b[2J\\u202e"]\nwhole = ["x"]\n', "utf-8")
    (folder / "conf").mkdir()
    (folder / "conf/cleaner.toml").write_text('["\\u001b[2J\\u202e"]\n', "utf-8")
    for name, more in (("one", []), ("two", ["--keep-kinds", "ad"])):
        arguments = ["clean", str(folder / "raw"), "-o", str(folder / f"{name}.jsonl"), "--workers", "1"]
        assert run(*arguments, "--config", os.devnull, *more)[0] == 0
    return folder


@pytest.mark.parametrize(
    "command",
    [
        "clean {0}/raw -o {0}/new.jsonl --config /dev/null --workers 1 --force",
        "clean {0}/raw -o {0}/new.jsonl --config /dev/null --workers 2 --force --json",
        "clean {0}/raw/a.warc -o {0}/none.jsonl --config /dev/null --workers 1",
        "clean {0}/raw -o {0}/none.jsonl --config {0}/conf/cleaner.toml",
        "clean {0}/raw -o {0}/none.jsonl --config /dev/null --phrases {0}/wrong",
        "dedup {0}/raw -o {0}/merged.jsonl --config /dev/null --workers 1 --force",
        "index build {0}/index {0}/raw --workers 1",
        "index info {0}/index",
        "explain {0}/one.jsonl",
        "explain {0}/one.jsonl --json",
        "explain {0}/raw/a.warc --config /dev/null",
        "explain {0}/raw/table.csv --config /dev/null",
        "explain --line {1}",
        "explain {0}/one.jsonl --id {1}",
        "diff {0}/one.jsonl {0}/two.jsonl",
        "diff {0}/one.jsonl {0}/two.jsonl --json",
        "report {0}/one.jsonl",
        "report {0}/{1}.jsonl",
        "restore {0}/{1}.jsonl",
        "phrases list id --phrases {0}/lists",
        "phrases search pariwara --phrases {0}/lists",
        "phrases line {1}",
        "phrases line x --language {1}",
        "phrases list {1}",
        "phrases test {0}/wrong",
        "phrases test {0}/lists {0}/raw",
        "init {0}/conf/cleaner.toml",
        "{1}",
        "clean --{1}",
        "clean {0}/raw -o {0}/{1}.docx --config /dev/null",
    ],
)
def test_no_command_steers_the_terminal(command: str, folder: Path) -> None:
    given = [word.format(folder, HOSTILE.replace("\0", "")) for word in command.split()]
    _, printed, told = run(*given)
    assert printed or told
    for sent in (printed, told):
        assert not OBEYED.search(sent), OBEYED.findall(sent)
        assert "Traceback" not in sent


def test_lines_of_json_keep_their_meaning(folder: Path) -> None:
    _, printed, _ = run("explain", str(folder / "one.jsonl"), "--id", f"i{HOSTILE}", "--json")
    assert "\u202e" in json.loads(printed.splitlines()[0])["text"]


def test_records_on_stdout_are_the_bytes_of_the_file(folder: Path) -> None:
    arguments = ["clean", str(folder / "raw"), "-o", "-", "--json", "--config", os.devnull, "--workers", "1"]
    status, printed, told = run(*arguments)
    assert status == 0
    assert printed == (folder / "one.jsonl").read_text("utf-8")
    assert json.loads(told[told.index("{") : told.rindex("}") + 1])["counts"]["articles"]["written"] == 1


@pytest.mark.parametrize("styled", [False, True])
def test_our_styles_pass_on_a_terminal_and_no_other_code_does(styled: bool) -> None:
    sent = io.BytesIO()
    stream = ShownText(io.TextIOWrapper(sent, "utf-8"), styled=styled)
    text = "\x1b[31mred\x1b[0m \x1b[2J\x1b[8m\r\x7f tab\t line\n é \udcff"
    assert stream.write(text) == len(text)
    stream.flush()
    shown = sent.getvalue().decode()
    assert OBEYED.findall(shown) == (["\x1b", "\x1b"] if styled else [])
    assert bool(OUR_STYLES.search(shown)) is styled
    assert shown.endswith("\\u001b[2J\\u001b[8m\\u000d\\u007f tab\t line\n é \\udcff")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_of_the_terminal_will_do(encoding: str, folder: Path) -> None:
    status, printed, _ = run("explain", str(folder / "one.jsonl"), env={"PYTHONIOENCODING": encoding})
    assert status == 0
    assert not OBEYED.search(printed)


def test_a_command_puts_the_streams_and_the_signal_back() -> None:
    before = sys.stdout, sys.stderr, signal.getsignal(signal.SIGTERM)
    assert CliRunner().invoke(main, ["phrases", "list", "id"]).exit_code == 0
    assert (sys.stdout, sys.stderr, signal.getsignal(signal.SIGTERM)) == before


def test_a_reader_that_ends_first_is_no_error(folder: Path) -> None:
    for words in (
        ["phrases", "list", "id"],
        ["clean", str(folder / "raw"), "-o", "-", "--config", os.devnull, "--quiet"],
    ):
        read_end, write_end = os.pipe()
        os.close(read_end)
        command = [sys.executable, "-m", "cleaner", *words]
        done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE)
        os.close(write_end)
        assert done.returncode == 141
        assert b"roken" not in done.stderr.replace(b"broken.jsonl", b"")
        assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal")
@pytest.mark.parametrize(
    "command",
    [
        "restore {0}/one.jsonl",
        "clean {0}/raw -o - --config /dev/null --workers 1 --quiet",
        "explain {0}/one.jsonl",
        "diff {0}/one.jsonl {0}/two.jsonl",
    ],
)
def test_on_a_terminal_records_are_shown_too(command: str, folder: Path) -> None:
    ours, theirs = os.openpty()
    arguments = [word.format(folder) for word in command.split()]
    run = subprocess.Popen([sys.executable, "-m", "cleaner", *arguments], stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    sent = b""
    try:
        while data := os.read(ours, 1 << 16):
            sent += data
    except OSError:  # Linux tells so that the other side is closed
        pass
    os.close(ours)
    assert run.wait() == 0
    shown = OUR_STYLES.sub("", sent.decode().replace("\r\n", "\n"))
    assert not OBEYED.search(shown), OBEYED.findall(shown)
    if not command.startswith(("explain", "diff")):
        assert "\u202e" in json.loads(shown.splitlines()[0])["text"]
