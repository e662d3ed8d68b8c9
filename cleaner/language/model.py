"""langid's own model, scored with numpy: the same labels and probabilities as langid's, at a fraction of its CPU.

langid walks a byte automaton and multiplies feature counts with a table of log-probabilities. Its automaton remembers
at most four bytes, so a few gathers over the whole text give every state. The table's rows are summed once for each
state, and only the rows of states that a text visits are added up. In batches that takes 1/76 of langid's CPU on a
sentence, 1/34 at 1 KB.
"""

from __future__ import annotations

import functools
import os
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import distribution
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.durable import replacing
from cleaner.errors import OutputError

__all__ = ["Model", "load_model", "raw_scores"]

FRACTION_BITS = 28
"""Log-probabilities are rounded to multiples of 2**-28, so that sums of up to 2**18 of them are exact in float64 in
any order: the same bits on every machine and in every batch. The rounding moves a score by less than 2e-6."""

BATCH_BYTES = 32 << 10
"""Bytes that are scored in one go, so that the arrays of a batch stay in the processor's cache."""

ARRAYS = ("codes", "prior", "step", "row", "rows")
"""The arrays that are kept of langid's model; `Model` says what they hold."""

Scores = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.uint16]
Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Model:
    """langid's model as arrays that are looked up. It has S states, of which R add to the score, and C languages.

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
    """Return the model inside the installed langid.

    langid keeps it as 30 MB of text, packed: 1.5 to 5 s of CPU to unpack. The arrays are therefore kept in the
    user's cache folder (10 MB) and load in 0.02 s from then on; where that folder cannot be written, nothing is kept.
    """
    kept = _cache_file()
    arrays: Arrays = {}
    if kept is not None:
        # A file that is missing or broken is written anew.
        with (
            suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile),
            kept.open("rb") as file,
            np.load(file, allow_pickle=False) as saved,
        ):
            arrays = {name: saved[name] for name in ARRAYS}
    if not arrays:
        arrays = _unpack_langid()
        if kept is not None:
            # In one step, since other processes may read the file or write it too. Failing is no error.
            with suppress(OSError, OutputError):
                kept.parent.mkdir(parents=True, exist_ok=True)
                with replacing(kept) as out:
                    np.savez(out, **{name: arrays[name] for name in ARRAYS})  # type: ignore[arg-type]
    step = arrays["step"]
    # Two bytes from the root are one look-up in `pairs`; four would be a table of 4 billion states.
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
    """Return the ARRAYS as langid's own loader gives them, rounded."""
    from langid.langid import LanguageIdentifier, model  # slow, and needed only where nothing is cached

    def rounded(values: Scores) -> Scores:
        return np.asarray(np.ldexp(np.rint(np.ldexp(values, FRACTION_BITS)), -FRACTION_BITS))

    langid = LanguageIdentifier.from_modelstring(model)
    scored = sorted(state for state, features in langid.tk_output.items() if len(features))
    table = np.asarray(langid.nb_ptc, dtype=np.float64)
    row = np.full(len(langid.tk_nextmove) // 256, len(scored), dtype=np.uint16)
    row[scored] = np.arange(len(scored), dtype=np.uint16)
    return {
        "codes": np.array([str(code) for code in langid.nb_classes]),
        "prior": rounded(np.asarray(langid.nb_pc, dtype=np.float64)),
        "step": np.array(langid.tk_nextmove, dtype=np.uint16),
        "row": row,
        "rows": rounded(np.stack([table[list(langid.tk_output[state])].sum(axis=0) for state in scored])),
    }


def _cache_file() -> Path | None:
    """Return the path of the file that caches the arrays, or None if the user has no folder for it.

    Its name has langid's version, the size of its model and the rounding, so the file of another model is never read.
    """
    try:
        langid = distribution("langid")
        size = Path(str(langid.locate_file("langid/langid.py"))).stat().st_size
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except (OSError, RuntimeError, ImportError):
        return None
    return folder / "cruftless" / f"langid-{langid.version}-{size}-{FRACTION_BITS}.npz"


def raw_scores(texts: Sequence[bytes]) -> Scores:
    """Return the log scores of each text for each language of the model, shape (len(texts), C), as langid has them.

    The scores of a text do not depend on the other texts, bit for bit.
    """
    model = load_model()
    scores = np.empty((len(texts), len(model.codes)))
    # Where batches of some 32 KB begin and end.
    cuts, size = [0], 0
    for i, text in enumerate(texts, 1):
        size += len(text) + 1
        if size >= BATCH_BYTES or i == len(texts):
            cuts.append(i)
            size = 0
    for first, last in pairwise(cuts):
        rows, counts, bounds = _row_counts(texts[first:last], model)
        for i, (start, end) in enumerate(pairwise(bounds), first):
            scores[i] = counts[start:end] @ model.rows.take(rows[start:end], axis=0)
    scores += model.prior
    return scores


def _row_counts(texts: Sequence[bytes], model: Model) -> tuple[npt.NDArray[np.intp], Scores, list[int]]:
    """Return the rows that each text visits and how often; text i has those from `bounds[i]` to `bounds[i + 1]`.

    One sort of (text, row) for all texts takes half the time of a count of all rows for each text.
    """
    # A zero byte leads from every state to the root, so it keeps the texts of a batch apart.
    data = np.frombuffer(b"\0\0\0" + b"\0".join(texts), dtype=np.uint8).astype(np.intp)
    state = model.pairs[(data[:-3] << 8) + data[1:-2]]
    for byte in (data[2:-1], data[3:]):
        state = model.step[(state.astype(np.intp) << 8) + byte]
    visited = model.row[state]  # of the state after each byte but the first three
    bounds = np.arange(len(texts) + 1, dtype=np.uint32) << 16
    owner = np.repeat(bounds[:-1], [len(text) + 1 for text in texts])
    scored = (visited < len(model.rows)).nonzero()[0]
    # The number of the text stands in the upper 16 bits of a key, so equal keys are one row visited by one text.
    keys = np.sort(owner[scored] | visited[scored])
    edges = np.ones(len(keys) + 1, dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=edges[1:-1])
    starts = edges.nonzero()[0]
    keys = keys[starts[:-1]]
    return (keys & 0xFFFF).astype(np.intp), np.diff(starts).astype(np.float64), keys.searchsorted(bounds).tolist()
