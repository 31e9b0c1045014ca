"""Characters to a tree."""

import pytest
from lxml.etree import tostring
from lxml.html import HtmlElement
from trafilatura import load_html

from tests.articles import pages
from wirewatch.articles.extraction.parsing import parse_html


@pytest.mark.parametrize(
    "text",
    [
        pages.WORDPRESS,
        pages.JSON_LD,
        "<html/>",
        '<html lang="en" />\n<body><p>one</p><p>two</p></body>',
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://www.w3.org/TR/x.dtd">\n<html><body><p>x</p></body></html>',
        f"<!-- a comment -->{' ' * 60}<html><head></head><body><p>x</p></body></html>",
        '<?xml version="1.0" encoding="gbk"?><html><body><p>中文</p></body></html>',
        "<div>a</div><div>b</div>",
        "<html><body><p>a\x0bb\ufffe\uffffc\x7f</p></body></html>",
    ],
)
def test_the_tree_is_trafilaturas(text):
    assert tostring(parse_html(text), encoding="unicode") == tostring(load_html(text), encoding="unicode")


@pytest.mark.parametrize("text", ["", "words", "<p>x</p>", '{"a": 1}', "\x00\x01\x02", "%PDF-1.4"])
def test_what_is_no_html_has_no_tree(text):
    assert parse_html(text) is None
    assert load_html(text) is None


def test_lone_surrogates_cost_no_page():
    tree = parse_html("<html><body><p>one \ud800 two</p><p>\x00</p></body></html>")
    assert tree.findtext(".//p") == "one \ufffd two"


def test_every_element_has_one_class():
    tree = parse_html("<html><body><form><input name='a'><label>b</label></form></body></html>")
    assert {type(element) for element in tree.iter()} == {HtmlElement}
