"""Datelines of Chinese, Japanese and Korean papers, which are told by their brackets and by a few words.

"【白浜町】", "【ワシントン共同】", "(용인=연합뉴스) 권준우 기자 = ", "[경향신문]", "新华社北京10月4日电". The names of
papers are data in datelines.toml.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from cleaner.strip.dateline_parts import Dateline
from cleaner.strip.places import dateline_words

__all__ = ["find_korean", "match_east_asian"]

_BOX = re.compile(r"[【［（]([^【】［］（）]{2,24})[】］）]\s*(?:[-－]\s*)?")
_KOREAN = re.compile(
    r"[(\[【]([^()\[\]=＝]{1,20}?)\s*[=＝ㅣ|]\s*([^()\[\]]{1,30})[)\]】]\s*"
    r"(?:[가-힣 ·]{2,40}?(?:기자|특파원)\s*)?(?:[=＝]\s*)?"
)
_KOREAN_PAPER = re.compile(r"\[([가-힣A-Za-z0-9]{2,12})\]\s*")
_CHINESE = re.compile(
    r"[（(【]?([^，。！？：:；\s（(]{2,26}?)[讯讯訊电電][】）)]?\s*([（(][^）)]{2,40}[）)])?[\s\u3000：:]*"
)


def match_east_asian(head: str, recurs: Callable[[str], bool]) -> Dateline | None:
    """The dateline at the head of a Chinese, Japanese or Korean paragraph, or None."""
    if head[:6].isascii() and head[0] not in "([":
        return None
    if box := _BOX.match(head):
        agency = next((a for a in sorted(dateline_words("japanese_agencies")) if box[1].endswith(a)), "")
        boxed = box[0][0] != "（" and (head.startswith(box[1], box.end()) or recurs(box[1]))
        if agency or boxed:
            place = re.split(r"[\s＝=・]", box[1].removesuffix(agency).strip("＝=・ "))[0]
            return Dateline(box.end(), "dateline-box", "a place in a box", place, agency)
    if (paper := _KOREAN_PAPER.match(head)) and _is_korean_paper(paper[1]) and len(head) > paper.end():
        return Dateline(paper.end(), "dateline-box", "a paper in brackets", "", paper[1])
    begin, korean = find_korean(head, len(head))
    if korean and not begin:
        return korean
    chinese = _CHINESE.match(head)
    # "电" and "讯" are words too, so a paper has to stand before them, and a bracket or a space behind
    if not chinese or not any(paper in chinese[1] for paper in dateline_words("chinese_papers")):
        return None
    if chinese[2] or head[chinese.end() - 1] in " \u3000\n:：】）":
        return Dateline(chinese.end(), "dateline-box", "a paper's name and its word for a report")
    return None


def find_korean(text: str, deep: int) -> tuple[int, Dateline | None]:
    """Where "(용인=연합뉴스) 권준우 기자 = " stands in the first `deep` characters of a text, and that dateline;
    captions are glued before it."""
    signs = (text.find("=", 0, deep), text.find("＝", 0, deep), text.find("|", 0, deep), text.find("ㅣ", 0, deep))
    if max(signs) < 0:  # told in a quarter of the time
        return 0, None
    for found in _KOREAN.finditer(text, 0, deep):
        names = found[1].strip(), found[2].partition("=")[0].strip()
        papers = [name for name in names if _is_korean_paper(name)]
        if papers or "기자" in found[0]:
            # "(서울=뉴시스)" names the paper last, "[스포츠하늘 = 이하나 기자]" first, and then who writes
            site = papers[0] if papers else names[0 if "기자" in found[2] else 1]
            place = names[0] if site == names[1] else names[1]
            place = "" if place.endswith("기자") else place
            why = "a place and a paper in brackets"
            return found.start(), Dateline(found.end() - found.start(), "dateline-box", why, place, site)
    return 0, None


def _is_korean_paper(name: str) -> bool:
    return any(name.rstrip("0123456789").endswith(end) for end in dateline_words("korean_papers"))
