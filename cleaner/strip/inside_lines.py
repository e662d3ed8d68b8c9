"""Cruft inside lines that stay: tails (initials, end marks, links, credits), labelled parts, notices in capitals.

`trims` finds them in a whole text. Crawls that lose line ends glue such parts to paragraphs; nothing is cut out of a
sentence, only whole sentences, brackets and labels with their rest. The phrases are data (arrays `tail`, `line` and
`start` of cleaner/phrases/lists/*.toml), the traps stand in tests/cases/strip/whole_texts.jsonl, and the precision of
`label-inside`, `phrase-tail`, `phrase-bracket`, `initials` and the others in benchmarks/results/strip.md, "By rule".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleaner.article import Removal
from cleaner.characters import SENTENCE_ENDS
from cleaner.judge.lines import ANY, Hit, Line, is_wrapped, prose_bounds
from cleaner.phrases.phrases import EMOJI, HEAD_LENGTH, LABELS, Phrase, Phrases, normalise_wording
from cleaner.strip.bylines import looks_like_names
from cleaner.strip.calls import CALL, call_hit
from cleaner.strip.datelines import HEAD, match_dateline
from cleaner.strip.headlines import HEADLINE, headline_end
from cleaner.strip.segments import may_be_label
from cleaner.strip.template_marks import template_marks

__all__ = ["closes_article", "may_trim", "names_recur", "tail_trims", "trims"]

TAIL = 260
"""Characters at the end of a line in which its tail is sought."""

LEAST_TEXT = 40
"""A line of so few characters is judged as a whole and has no tail."""

SHORT_LAST = 20
"""The same of what follows the last paragraph: "Polisi masih menyelidiki. (rah)"."""

_SHORT_INITIALS = 5  # letters of initials behind so short a sentence, where "(tertawa)" is the speaker's

# A corner bracket or a danda closes a quotation or a verse as well, and the Arabic question mark may stand inside a
# sentence; what was measured leaves them out.
_CLOSED = SENTENCE_ENDS - frozenset("」』।؟")
_LABEL_MAY_FOLLOW = _CLOSED | frozenset(":*")
_TAIL_MARKS = frozenset("])*#_■●◆.")
_SENTENCE_MARKS = '.!?")]'
_ALL_SENTENCE_MARKS = _SENTENCE_MARKS + "…”’»"

_NAMED_KINDS = frozenset(("sourcenote", "caption"))
_NAMED_UNSPACED = 20
"""The most characters of what a label names in a script without blanks: more may be a sentence."""

_BRACKET_KINDS = frozenset(("related", "readmore", "video", "caption", "sourcenote", "ad", "promo", "byline"))
_CLOSING_KINDS = frozenset(("initials", "endmark", "byline", "sourcenote"))
_ENDMARK = re.compile(r"(?:\[\]|\[ \]|\(\*+\)|\(\*\*\*\)|\*{2,6}|\*\)|#{2,5}|_{3,}|■|●|◆|\(\.\))\.?$")
_SOURCE = re.compile(r"[.!?\"”’)]\s*(?:[-–—]{1,2}\s*)?([A-Z][\w./' -]{1,40})$")
# "... kata dia. Sumber: Kantor Berita", "...称。来源：新华社": a label behind the last sentence, and what it names
_LABELLED = re.compile(
    r"(?:[.!?…\"”’»)](?:\s*[-–—] ?\w{1,20})?\s+|(?<=[。！？」]))\s*"
    r"([^\s.!?:：。]+(?: [^\s.!?:：。]+){0,2})\s*[:：]\s*([^:：。！？]{2,60})$"
)
# "... pungkasnya.>>>Ikuti Berita Lainnya di Contoh.co.id", "... selesai.#Garam #Muara"
_POINTED = re.compile(
    r"(?<=[.!?\"”])\s*>{2,}\s*([^\W\d_a-z]\w*(?: [^\s(){}=;]+){2,15})$|(?<=[\w.!?\"”])(?:#[^\W\d]\w+\s*){2,}$"
)
_REPORTER = re.compile(r"(?<=[가-힣][.\]])\s*(?:[가-힣]{2,12} ){0,3}[\w.+-]{1,40}@[\w-]{1,40}(?:\.[\w-]{1,20}){1,4}$")
_OMISSION = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.{3}\])\s+(\S.{2,40})$")
_DATE_END = re.compile(r"\s+\d{1,2}/\d{1,2}/\d{2,4}$")
_INITIALS = re.compile(r"\*{0,3}[^\W_]{1,14}(?:[/,&|\-–. ]{1,2}[^\W_]{1,14}){0,4}\*{0,3}")
_INITIALS_BREAK = re.compile(r"[/,&|\-–. ]+")
_DESK = re.compile(r"[a-z]{2,6}/[a-z]{2,4}")
_DESK_BETWEEN = re.compile(r"\([a-z]{2,6}/[a-z]{2,4}\)\.?(?=\s+([^\W\d_a-z]|[\"“]))")
_LOUD_BEFORE = re.compile(r"([A-Z]{3,}(?: [A-Z]{2,}){0,2})\s*$")
_LOUD_BEHIND = re.compile(r"\s*([A-Z]{3,}(?: [A-Z]{2,}){0,2})(?![^\W\d_])")
_CALL_START = re.compile(r"[.!?…”\"’)](\s*)(?=[A-Z][a-z])")
_RIGHTS = re.compile(r"(?:Copyright|COPYRIGHT|Hak [Cc]ipta) ?(?:©|\(c\))")
_LABEL_WORD = re.compile(r"[^\s()\[\].!?\"”]+")
_COLON = re.compile(":")
_PICTURE = re.compile(f"[{EMOJI}]+\\s?$")
_GLUED_LABEL = re.compile(r"(?<=[^\W\d_])[A-Z][a-z]+$")


def trims(text: str, lines: Sequence[Line], hits: Sequence[Hit | None], phrases: Phrases) -> list[Removal]:
    """The spans that go inside the lines that `hits` leave: labelled parts, notices in capitals, tails."""
    first, last = prose_bounds(lines, hits)
    end = last if last >= 0 else max((i for i, hit in enumerate(hits) if hit is None), default=0)
    end = len(lines) if names_recur(lines, hits) else end
    loud = [phrase for phrase in phrases.loud if phrase.text in text]
    # most texts hold neither desks nor what the site's software left
    marked = "[" in text or ("/" in text and ("(" in text or "data:" in text or "Base64-Image" in text))
    marked = marked or "svg+xml" in text or "openclipart.org" in text
    found: list[Removal] = []
    for i, (line, hit) in enumerate(zip(lines, hits, strict=True)):
        if hit is not None:
            continue
        if marked:
            found += (*_between_articles(line, phrases), *template_marks(line, text))
        labelled: list[Removal] = []
        if ":" in line.text or "©" in line.text:
            labelled = list(labelled_parts(line, phrases, not first <= i < last))
            # "Video: Flood Hits the Valley" is a headline where nothing stands above it
            if i == 0 and not line.prose and labelled and labelled[0].start == line.start:
                labelled = [part for part in labelled if part.kind == "related"]
        found += labelled
        for phrase in loud if len(line.text) > 100 else ():  # on a shorter line the notice is the line, or a headline
            found += _loud_notices(line, phrase, phrases)
        if labelled or may_trim(line, i >= end, phrases):
            stop = line.end  # where the tail ends: before the labelled parts that end the line, if any do
            for part in reversed(labelled):
                if line.text[part.end - line.start : stop - line.start].strip():
                    break
                stop = part.start
            found += tail_trims(line, stop, phrases, i >= end)
    # where sentences run over line ends, the end of a line is no end of a paragraph
    return [] if found and is_wrapped(lines) else found


def _loud_notices(line: Line, phrase: Phrase, phrases: Phrases) -> Iterator[Removal]:
    """Notices in capitals that were glued into a paragraph: "SCROLL TO CONTINUE WITH CONTENT", with a label of the same
    kind straight before or behind them: "ADVERTISEMENT"."""

    def is_label(beside: re.Match[str] | None) -> bool:
        known = phrases.any(normalise_wording(beside[1])) if beside else None
        return known is not None and known.kind == phrase.kind

    for mark in re.finditer(re.escape(phrase.text), line.text):
        start, end = mark.span()
        if (before := _LOUD_BEFORE.search(line.text[max(0, start - 40) : start])) and is_label(before):
            start -= len(before[0])
        if (behind := _LOUD_BEHIND.match(line.text, end)) and is_label(behind):
            end = behind.end()
        yield Removal(line.start + start, line.start + end, "phrase-inside", phrase.kind, phrase.why)


def _between_articles(line: Line, phrases: Phrases) -> Iterator[Removal]:
    """Initials between two articles that stand in one line, and the dateline of the second."""
    text = line.text
    for mark in _DESK_BETWEEN.finditer(text) if "/" in text else ():
        before = text[max(0, mark.start() - 8) : mark.start()].rstrip()
        if before[-1:] in _CLOSED and not before.endswith("*)"):
            why = "initials of writer and editor in brackets between two sentences"
            yield Removal(line.start + mark.start(), line.start + mark.end(), "initials", "initials", why)
            head = mark.start(1)
            if dateline := match_dateline(text[head : head + 2 * HEAD], phrases):
                end = line.start + head + dateline.end
                yield Removal(line.start + head, end, dateline.rule, "dateline", dateline.why)


def closes_article(line: Line, phrases: Phrases) -> bool:
    """Whether a paragraph ends with what closes an article: initials, an end mark, names, a source."""
    tails = tail_trims(line, line.end, phrases, True) if may_trim(line, True, phrases) else ()
    return any(removal.kind in _CLOSING_KINDS for removal in tails)


def names_recur(lines: Sequence[Line], hits: Sequence[Hit | None]) -> bool:
    """Whether several lines that stay end with a name in brackets: the sources of a column of rumours, variants in a
    list of goods. Only one can be the writer's."""
    seen = 0
    for line, hit in zip(lines, hits, strict=True):
        if hit is None and line.text.endswith((")", ").", "]")) and (bracket := _last_bracket(line.text[-TAIL:])):
            inner = bracket[1]
            named = bool(inner) and _INITIALS.fullmatch(inner) and _are_initials(inner) and not _DESK.fullmatch(inner)
            seen += bool(named) and _is_closed(line.text[-TAIL:][: bracket[0]])
            if seen == 2:
                return True
    return False


def may_trim(line: Line, last: bool, phrases: Phrases) -> bool:
    """Fast path: False if no rule of `tail_trims` can match, judged by the last two characters and by `line.opens`."""
    text = line.text
    if len(text) <= (SHORT_LAST if last else LEAST_TEXT):
        return False
    end = text[-1]
    if end in ")]" or text[-2] in ")]":
        return True
    if last and (end.isalnum() or (end in _TAIL_MARKS and (end != "." or text[-2] in _TAIL_MARKS))):
        return True
    if not line.opens:
        return _OMISSION.search(text, len(text) - 48) is not None
    return bool(_sentence_starts(text[-TAIL:], phrases.tail_heads)) or _call_at(text[-TAIL:], phrases, last) is not None


def tail_trims(line: Line, end: int, phrases: Phrases, last: bool) -> Iterator[Removal]:
    """The spans at the end of a kept line, up to `end`, that go; `last` says that no paragraph follows it.

    One after the other, from the end: behind a credit in brackets may stand initials, and an end mark behind these.
    """
    for _ in range(8):
        begin = max(0, end - line.start - TAIL)
        text = line.text[begin : end - line.start].rstrip()
        found = _tail_hit(text, phrases, last, line.opens) if len(text) > (SHORT_LAST if last else LEAST_TEXT) else None
        if found is None:
            return
        at, hit = found
        stop, end = line.start + begin + len(text), line.start + begin + at
        yield Removal(end, stop, hit.rule, hit.kind, hit.why)


def _tail_hit(text: str, phrases: Phrases, last: bool, opens: bool) -> tuple[int, Hit] | None:
    """Where the tail of a text begins, and what it is; None when the text ends with its own sentence."""
    if last and (signed := _signed_at_end(text, phrases)):
        return signed
    if bracket := _last_bracket(text):
        before, inner = text[: bracket[0]], bracket[1]
        if hit := _bracket_hit(before, inner, text[-1] == "]", phrases, last):
            return len(text) - len(text[len(before) :].lstrip()), hit
    for at in _sentence_starts(text, phrases.tail_heads) if opens else ():
        phrase = phrases.whole(normalise_wording(text[at:]), "tail")
        if phrase and not (phrase.kind == "sourcenote" and "://" in text[at:]):  # a reference is the author's
            return at, Hit("phrase-tail", phrase.kind, phrase.why)
    if opens and (call := _call_at(text, phrases, last)):
        return call
    omitted = _OMISSION.search(text, max(0, len(text) - 48))  # "... Read more", as excerpts of posts end
    if omitted and (phrase := _read_on(normalise_wording(omitted[1]), phrases)):
        return omitted.start(1), Hit("phrase-tail", "readmore", f"behind a mark of omission: {phrase.why}")
    return None


def _read_on(wording: str, phrases: Phrases) -> Phrase | None:
    """The entry of any array that asks to read on, of a line that is nothing else."""
    known = phrases.any(wording)
    return known if known and known.kind in ("readmore", "related") else None


def _signed_at_end(text: str, phrases: Phrases) -> tuple[int, Hit] | None:
    """An end mark, an agency, a named source or a reporter's address behind the last sentence, and where it begins."""
    mark = _ENDMARK.search(text, len(text) - 12) if text[-1] in _TAIL_MARKS else None
    if mark and _is_closed(text[: mark.start()]):
        return mark.start(), Hit("end-mark", "endmark", "an end mark after the last sentence")
    if not text[-1].isalnum():
        return None
    if ("#" in text or ">" in text) and (pointed := _POINTED.search(text, max(0, len(text) - 140))):
        at = pointed.start() + pointed[0].index(pointed[0].strip()[0])
        kind = "tags" if pointed[1] is None else "related"
        return at, Hit("pointed-tail", kind, "hashtags or a link behind arrows, glued to the last sentence")
    if source := _SOURCE.search(text, len(text) - 44):
        name = _DATE_END.sub("", source[1])
        # an agency's name, or a name in capitals with a date
        if normalise_wording(name) in phrases.words["agency"] or (name != source[1] and name.isupper()):
            return source.start() + 1, Hit("agency-tail", "sourcenote", "an agency after the last sentence")
    return _named_at_end(text, phrases)


def _named_at_end(text: str, phrases: Phrases) -> tuple[int, Hit] | None:
    """Where a label of sources or pictures begins behind the last sentence, or the address of a Korean reporter."""
    if "@" in text and (reporter := _REPORTER.search(text, max(0, len(text) - 140))):
        at = len(text) - len(reporter[0].lstrip())
        return at, Hit("reporter-tail", "byline", "the reporter's address after the last sentence")
    labelled = _LABELLED.search(text, max(0, len(text) - 140)) if ":" in text or "：" in text else None
    phrase = phrases.entries["start"].get(normalise_wording(labelled[1])) if labelled else None
    if labelled is None or phrase is None:
        return None
    if phrase.kind not in _NAMED_KINDS and not (phrase.kind == "byline" and "：" in labelled[0]):
        return None
    rest = labelled[2].strip()
    most = 60 if " " in rest or rest.isascii() else _NAMED_UNSPACED
    if len(rest) > most or "://" in rest or not looks_like_names(rest):
        return None
    return labelled.start(1), Hit("label-tail", phrase.kind, f"a label after the last sentence: {phrase.why}")


def _call_at(text: str, phrases: Phrases, last: bool) -> tuple[int, Hit] | None:
    """Where a call on the reader begins that ends a text: glued to the sentence before, or behind the last paragraph in
    words of the site about itself."""
    for mark in _CALL_START.finditer(text, max(0, len(text) - CALL - 2)):
        call = text[mark.end() :]
        hit = call_hit(call, normalise_wording(call), phrases, True)
        if hit and hit.rule == "call" and (hit.where == ANY if mark[1] else True) and (last or not mark[1]):
            return mark.end(), hit._replace(rule="call-tail")
    return None


def _is_closed(text: str) -> bool:
    """Whether a sentence is over where the text ends; "*)" opens a footnote."""
    bare = text.rstrip()
    return bare[-1:] in _CLOSED and not bare.endswith("*)")


def _last_bracket(text: str) -> tuple[int, str] | None:
    """Where the text before a closing bracket (and stars) ends, and what stands in it; None when none ends the text."""
    end = len(text) - (text[-1] == ".")
    if text[end - 1 : end] not in (")", "]"):
        return None
    at = max(text.rfind("(", 0, end - 1), text.rfind("[", 0, end - 1))
    inner = text[at + 1 : end - 1]
    # a longer bracket, or one around another, is the author's
    if at < 0 or len(inner) > 160 or ")" in inner or "]" in inner:
        return None
    before = text[:at].rstrip()
    while before.endswith("*"):
        before = before.rstrip("*").rstrip()
    return len(before), inner.strip()


def _bracket_hit(before: str, inner: str, boxed: bool, phrases: Phrases, last: bool) -> Hit | None:
    """What a bracket that ends a line is: a phrase, a label with its rest, initials, an agency, names."""
    wording = normalise_wording(inner)
    if "://" in inner:  # an address in brackets is a reference
        return None
    phrase = phrases.line(wording) or (_read_on(wording, phrases) if boxed else None)  # "[continua...]", "[więcej]"
    # "(read more on this below)" is part of its sentence
    apart = boxed or _is_closed(before) or (phrase is not None and phrase.kind not in ("related", "readmore"))
    if phrase and phrase.kind in _BRACKET_KINDS and apart:
        return Hit("phrase-bracket", phrase.kind, phrase.why)
    label, mark, _ = inner.replace("|", ":").partition(":")
    if mark and (phrase := phrases.whole(normalise_wording(label), "start")):
        return Hit("phrase-bracket", phrase.kind, phrase.why)
    if not _is_closed(before):  # the bracket is part of the sentence
        return None
    if _DESK.fullmatch(inner):
        return Hit("initials", "initials", "initials of writer and editor in brackets after a sentence")
    if not last:
        return None
    if wording in phrases.words["agency"]:
        return Hit("agency-tail", "sourcenote", "a news agency in brackets after the last sentence")
    named = "," in inner and not any(c.isdigit() for c in inner) and looks_like_names(inner)
    if named and all(w[0].isupper() for w in inner.split() if w[0].isalpha()):
        return Hit("names-tail", "byline", "names in brackets after the last sentence")
    aside = len(before) < LEAST_TEXT and len(inner) > _SHORT_INITIALS and inner.isalpha() and inner.islower()
    if _INITIALS.fullmatch(inner) and _are_initials(inner) and not aside:
        return Hit("initials", "initials", "initials in brackets after the last sentence")
    return None


def _are_initials(inner: str) -> bool:
    """Short words: "uji/dur", "Humas UGM/Gloria"; not an aside in a sentence, not a number or a reference."""
    words = _INITIALS_BREAK.split(inner.strip("*"))
    # a year or a number is a reference, more than three words an aside
    if inner.count(" ") > 2 or re.search(r"\d\d", inner) or inner[0].isdigit() or len(inner) > 40:
        return False
    # "(sementara/berlangsung)" are words of the sentence
    if any(word.islower() and len(word) > 8 for word in words):
        return False
    return "/" in inner or len(words) == 1 or not any(len(word) > 4 and word.islower() for word in words)


def _sentence_starts(text: str, heads: frozenset[str]) -> list[int]:
    """Where sentences begin that open with one of `heads`, a digit, or a bracket.

    Found from mark to mark: a search by pattern takes seven times as long.
    """
    found = []
    for mark in _SENTENCE_MARKS if text.isascii() else _ALL_SENTENCE_MARKS:
        at = text.find(mark)
        while at >= 0:
            begin = at = at + 1
            while text[begin : begin + 1].isspace():
                begin += 1
            head = text[begin : begin + HEAD_LENGTH]
            if head and (head.casefold() in heads or not head[0].isalpha()):
                if begin > at:  # behind white space anything but a small Latin letter
                    opens = head[0] in "[(" or (head[0].isalnum() and not "a" <= head[0] <= "z")
                else:  # glued to the sentence before, a capital: "...di pasar.Baca"
                    opens = "A" <= head[0] <= "Z" and "a" <= head[1:2] <= "z"
                if opens:
                    found.append(begin)
            at = text.find(mark, at)
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _Cue:
    """A label inside a line: where it (or the bracket before it) starts, and where what it labels begins."""

    start: int
    rest: int
    phrase: Phrase
    bracket: str = ""


def labelled_parts(line: Line, phrases: Phrases, last: bool) -> Iterator[Removal]:
    """The parts of a kept line that a label opens: "Baca juga: Headline", "Pewarta: Name Editor: Name".

    `last` says that no paragraph follows the line.
    """
    text = line.text
    # the labels before colons, up to a notice of rights in the last 400 characters, and that notice
    rights = _RIGHTS.search(text, max(0, len(text) - 400)) if "©" in text or "(c)" in text else None
    colons = (mark.start() for mark in _COLON.finditer(text, 0, rights.start() if rights else len(text)))
    # a line that opens with a colon has lost its beginning, so what its other colons part is not sure either
    cues = [] if text[0] == ":" else [cue for colon in colons if (cue := _cue_before(text, colon, phrases))]
    if rights:
        cues.append(_Cue(rights.start(), rights.end(), Phrase("copyright ©", "tail", "footer", "neutral")))
    chained = 0  # where the part before ended
    for i, cue in enumerate(cues):
        after = cues[i + 1].start if i + 1 < len(cues) else len(text)
        before = text[max(0, cue.start - 6) : cue.start]
        glued = before[-1:].isalpha() and cue.phrase.kind == "related"  # "...pindahBaca juga: ..."
        before = _PICTURE.sub("", before)
        apart = glued or before.rstrip()[-1:] in _LABEL_MAY_FOLLOW or before[-2:].isspace()
        if not (chained == cue.start or apart or cue.bracket):
            continue
        end = _part_end(text, cue, after, i + 1 == len(cues), phrases, last)
        if end:
            chained = end + len(text[end : end + 3]) - len(text[end : end + 3].lstrip())
            stop = cue.start + len(text[cue.start : end].rstrip())
            start = cue.start
            if picture := _PICTURE.search(text[max(0, start - 8) : start]):  # "👉 Baca juga: ..."
                start -= len(picture[0])
            yield Removal(line.start + start, line.start + stop, "label-inside", cue.phrase.kind, cue.phrase.why)


def _cue_before(text: str, colon: int, phrases: Phrases) -> _Cue | None:
    """The label of up to three words before the colon, the longest first."""
    if not may_be_label(text, colon, phrases):
        return None
    begin = max(0, colon - 40)
    words = list(_LABEL_WORD.finditer(text, begin, colon))
    for n in (3, 2, 1):
        if len(words) < n or (n == len(words) and begin and not text[begin - 1].isspace()):
            continue
        start = words[-n].start()
        if n > 1 and (glued := _GLUED_LABEL.search(words[-n][0])):
            start += glued.start()
        if not text[start].isupper():  # in small letters it is a word of the sentence: "kata editor: ..."
            continue
        found = phrases.entries["start"].get(normalise_wording(text[start:colon]))
        if found and found.kind in LABELS:
            bracket = text[start - 1] if start and text[start - 1] in "([" else ""
            return _Cue(start - len(bracket), colon + 1, found, bracket)
    return None


def _part_end(text: str, cue: _Cue, after: int, final: bool, phrases: Phrases, last: bool) -> int:
    """Where the part that `cue` opens ends, or 0 when that cannot be told.

    `after` is where the next label begins, or the line's end; `final` says that no label follows.
    """
    if cue.bracket:  # "(Baca juga: ...)" ends where the bracket does
        closing = text.find(")" if cue.bracket == "(" else "]", cue.rest, cue.rest + HEADLINE)
        return closing + 1 if closing > 0 else 0
    rest = text[cue.rest : after]
    if cue.phrase.kind == "footer":  # a notice of rights has three sentences at most, and no paragraph follows it
        return after if last and len(rest) <= 320 else 0
    if cue.phrase.kind == "byline":  # names alone, and near the end: "Editor: ..." opens quotes of interviews as well
        to_end = final or len(text) - cue.start <= 500
        return after if last and to_end and len(rest) <= 90 and looks_like_names(rest.strip()) else 0
    # "Video: 4K/30p"; an address is a reference of the author's
    if cue.phrase.kind == "video" and (not rest.lstrip()[:1].isalpha() or "://" in rest[:40]):
        return 0
    end = headline_end(text, cue.rest, after, phrases)
    return end if end >= cue.rest else 0
