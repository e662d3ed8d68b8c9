"""langid's own model, scored with numpy: same label and same probability as langid, at a fraction of its CPU.

langid walks a byte automaton and multiplies feature counts with a table of log-probabilities. Its automaton
remembers at most four bytes, so a few gathers over the whole text give every state; the table's rows are summed
once for each state; and only the rows of states that were met are added up.
"""

from __future__ import annotations

import functools
import os
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import distribution
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Model", "load_model", "raw_scores"]

FRACTION_BITS = 28
"""Log-probabilities are rounded to multiples of 2**-28, so that sums of up to 2**18 of them are exact in float64 in
any order: the same bits on every machine and in every batch. The rounding moves a score by less than 2e-6."""

RUN = 32 << 10
"""Bytes that are scored in one go, so that the arrays of a batch stay in the processor's cache."""

Scores = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.uint16]
Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Model:
    """langid's model, ready for gathers. S states, R of which add to the score, C languages.

    `codes` (C); `prior` (C) log-probabilities; `pairs` (65536) state after two bytes from the root;
    `step` (256 S) next state; `row` (S) row of a state, R where it has none; `rows` (R, C) log-probabilities.
    """

    codes: tuple[str, ...]
    prior: Scores
    pairs: Numbers
    step: Numbers
    row: Numbers
    rows: Scores


@functools.cache
def load_model() -> Model:
    """The model inside the installed langid.

    langid keeps it as 30 MB of text, packed: 1.5 to 5 s of CPU to unpack. The arrays are therefore kept in the
    user's cache folder (10 MB) and load in 0.02 s from then on; where that folder cannot be written, nothing is kept.
    """
    kept = _cache_file()
    arrays = _read_arrays(kept)
    if arrays is None:
        arrays = _unpack_langid()
        _keep_arrays(kept, arrays)
    step = arrays["step"]
    first = step[:256].astype(np.intp) << 8
    return Model(
        codes=tuple(arrays["codes"].tolist()),
        prior=arrays["prior"],
        pairs=step[first[:, None] + np.arange(256)].ravel(),
        step=step,
        row=arrays["row"],
        rows=arrays["rows"],
    )


def _unpack_langid() -> Arrays:
    from langid.langid import LanguageIdentifier, model

    langid = LanguageIdentifier.from_modelstring(model)
    scored = sorted(state for state, features in langid.tk_output.items() if len(features))
    table = np.asarray(langid.nb_ptc, dtype=np.float64)
    row = np.full(len(langid.tk_nextmove) // 256, len(scored), dtype=np.uint16)
    row[scored] = np.arange(len(scored), dtype=np.uint16)
    return {
        "codes": np.array([str(code) for code in langid.nb_classes]),
        "prior": _rounded(np.asarray(langid.nb_pc, dtype=np.float64)),
        "step": np.array(langid.tk_nextmove, dtype=np.uint16),
        "row": row,
        "rows": _rounded(np.stack([table[list(langid.tk_output[state])].sum(axis=0) for state in scored])),
    }


def _rounded(values: Scores) -> Scores:
    return np.asarray(np.ldexp(np.rint(np.ldexp(values, FRACTION_BITS)), -FRACTION_BITS))


def _cache_file() -> Path | None:
    """Where the unpacked model is kept; its name changes with langid's version and the size of its model."""
    try:
        langid = distribution("langid")
        size = Path(str(langid.locate_file("langid/langid.py"))).stat().st_size
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except (OSError, RuntimeError, ImportError):
        return None
    return folder / "cruftless" / f"langid-{langid.version}-{size}-{FRACTION_BITS}.npz"


def _read_arrays(kept: Path | None) -> Arrays | None:
    if kept is None:
        return None
    try:
        with kept.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in ("codes", "prior", "step", "row", "rows")}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _keep_arrays(kept: Path | None, arrays: Arrays) -> None:
    if kept is None:
        return
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=kept.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(
                    file,
                    codes=arrays["codes"],
                    prior=arrays["prior"],
                    step=arrays["step"],
                    row=arrays["row"],
                    rows=arrays["rows"],
                )
            Path(name).replace(kept)
        finally:
            Path(name).unlink(missing_ok=True)


def raw_scores(texts: Sequence[bytes]) -> Scores:
    """Log scores of each text for each language of the model, shape (len(texts), C), as langid has them.

    The scores of a text do not depend on the other texts, bit for bit.
    """
    model = load_model()
    scores = np.empty((len(texts), len(model.codes)))
    for first, last in _runs(texts):
        rows, counts, bounds = _row_counts(texts[first:last], model)
        for i, (start, end) in enumerate(pairwise(bounds), first):
            scores[i] = counts[start:end] @ model.rows.take(rows[start:end], axis=0)
    scores += model.prior
    return scores


def _row_counts(texts: Sequence[bytes], model: Model) -> tuple[npt.NDArray[np.intp], Scores, list[int]]:
    """The rows that each text meets and how often; text i has those from `bounds[i]` to `bounds[i + 1]`.

    One sort of (text, row) for all texts: half the time of a count of all rows for each text.
    """
    # A zero byte leads from every state to the root, so it keeps the texts of a batch apart.
    met = _rows_met(np.frombuffer(b"\0\0\0" + b"\0".join(texts), dtype=np.uint8), model)
    places = np.arange(len(texts) + 1, dtype=np.uint32) << 16
    owner = np.repeat(places[:-1], [len(text) + 1 for text in texts])
    scored = (met < len(model.rows)).nonzero()[0]
    keys = np.sort(owner[scored] | met[scored])
    edges = np.ones(len(keys) + 1, dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=edges[1:-1])
    starts = edges.nonzero()[0]
    keys = keys[starts[:-1]]
    return (keys & 0xFFFF).astype(np.intp), np.diff(starts).astype(np.float64), keys.searchsorted(places).tolist()


def _runs(texts: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """First and last place of runs of texts that are small enough together to stay in the processor's cache."""
    first, size = 0, 0
    for i, text in enumerate(texts):
        size += len(text) + 1
        if size >= RUN:
            yield first, i + 1
            first, size = i + 1, 0
    if first < len(texts):
        yield first, len(texts)


def _rows_met(data: npt.NDArray[np.uint8], model: Model) -> Numbers:
    """Row of the state after each byte but the first three."""
    wide = data.astype(np.intp)
    state = model.pairs[(wide[:-3] << 8) + wide[1:-2]]
    for byte in (wide[2:-1], wide[3:]):
        state = model.step[(state.astype(np.intp) << 8) + byte]
    return np.asarray(model.row[state])
