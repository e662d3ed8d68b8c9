"""Taking site boilerplate off plain text: `strip.strip` names every span that goes, its kind, and the evidence.

    strip.py         the way of one text, every step in order
    line_rules.py    what speaks against one line: phrases, labels, times; bylines.py: names, agencies, rights
    calls.py         lines that call on the reader, menus and paths
    neighbours.py    which of these hits hold, by place and neighbours, and the blocks they open
    lists.py         lists of the author's, which look like what stands around an article
    inside_lines.py  what goes inside lines that stay: tails, labelled parts
    cards.py         cards of other articles; related_blocks.py takes the headlines below a heading
    inside_segments.py  what goes in glued lines, which segments.py cuts; cut_lines.py asks the judge of the rest
    one_line_pages.py   what stands around an article whose page lost its line ends
    joined_lines.py  sentences cut at inline links, joined for judging
    datelines.py     place, agency and date before the first sentence; dateline_forms.py and dateline_parts.py read them
    places.py        names of places and months, the data behind datelines
    facts.py         title, author and date out of the lines that go
    space.py         the white space that closes a gap

A new wording is an entry in cleaner/phrases/lists/; a new shape is a function here; both need cases in
tests/cases/strip/, half of them traps that must stay.
"""
