"""Pages of the old web, made readable: tables that only place things, paragraphs made of line breaks (pure).

A table whose cells hold running text is layout, not data. It becomes plain divisions, in which two line breaks in a row
end a paragraph. This comes first, since extractors take a table for data.
"""

from __future__ import annotations

from lxml.html import HtmlElement

_RUNNING_CELL = 400
"""Characters outside of links from which a cell holds running text."""

_MOST_OF_TABLE = 0.5
"""Share of its table's characters that such a cell holds: a table with many long cells is a list, and stays one."""

_PARTS = ("table", "tbody", "thead", "tfoot", "tr", "td", "th", "center")


def unfold_layout(tree: HtmlElement) -> None:
    """Turns the layout tables of `tree` into divisions; changes `tree`."""
    for cell in tree.iter("td", "th"):
        _join_lists(cell)
    for cell in [cell for cell in tree.iter("td") if _holds_text(cell)]:
        for font in list(cell.iter("font")):
            font.drop_tag()
        _break_into_paragraphs(cell)
        for table in list(cell.iterancestors("table")):
            for part in list(table.iter(*_PARTS)):
                part.tag = "div"


def _join_lists(cell: HtmlElement) -> None:
    """Makes a line of each list in a cell of data; extractors lose lists there."""
    if next(cell.iter("ul", "ol"), None) is None or len(cell.text_content()) >= _RUNNING_CELL:
        return
    for items in list(cell.iter("ul", "ol")):
        for item in items.findall("li")[:-1]:
            item.tail = "; "
        items.tail = f" {items.tail or ''}"
        for item in items.findall("li"):
            item.drop_tag()
        items.drop_tag()


def _holds_text(cell: HtmlElement) -> bool:
    if next(cell.iter("table"), None) is not None:
        return False
    text = len(cell.text_content())
    linked = sum(len(link.text_content()) for link in cell.iter("a"))
    table = next(cell.iterancestors("table"), cell)
    return text - linked >= _RUNNING_CELL and text >= _MOST_OF_TABLE * len(table.text_content())


def _break_into_paragraphs(cell: HtmlElement) -> None:
    """Makes a paragraph of each run of text and inline elements that ends in two line breaks."""
    if next(cell.iter("p"), None) is not None:
        return
    paragraph = cell.makeelement("p")
    paragraph.text, cell.text = cell.text, None
    paragraphs, breaks = [paragraph], 0
    for child in list(cell):
        if child.tag != "br":
            breaks = 0
            paragraph.append(child)  # its tail comes along
            continue
        breaks += 1
        tail = child.tail or ""
        cell.remove(child)
        if not tail.strip():
            continue
        if breaks >= 2:
            paragraph = cell.makeelement("p")
            paragraphs.append(paragraph)
        if len(paragraph):
            paragraph[-1].tail = f"{paragraph[-1].tail or ''} {tail}"
        else:
            paragraph.text = f"{paragraph.text or ''} {tail}"
        breaks = 0
    cell.extend(paragraphs)
