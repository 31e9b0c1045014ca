"""What stands around stories, and what only looks like it."""

import pytest
from lxml import html

from wirewatch.articles.extraction.boilerplate import is_boilerplate, line_hash, story_lines
from wirewatch.articles.extraction.boxes import remove_boxes
from wirewatch.articles.extraction.standfirst import standfirst

RUNNING = (
    "The two frigates met in the strait shortly after dawn and kept a distance of four miles, an officer said, and both"
    " sides used the radio channel that they had agreed on in the spring."
)


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Carrier leaves port",
        "READ ALSO | Three ships sighted",
        "Lesen Sie auch: Drei Schiffe gesichtet",
        "Lire aussi : Trois navires repérés",
        "Lea también: Tres buques avistados",
        "Читайте также: Три корабля замечены",
        "相关阅读：三艘军舰",
        "関連記事",
        "Leave a Reply",
        "Your email address will not be published. Required fields are marked *",
        "Sign up for our morning briefing",
        "Subscribe now to read on",
        "Follow us on Telegram for more",
        "Photo: Jane Roe/Harbour Press",
        "(AP Photo/Jane Roe, File)",
        "Foto: Hafenpresse",
        "© 2026 Harbour Press. All rights reserved.",
        "Advertisement",
        "责任编辑：某某",
        "Fehler gefunden? Jetzt melden.",
        "3 min read",
        "- Read more: a list item",
        "",
    ],
)
def test_lines_around_a_story(line):
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    [
        "Read more carefully, the treaty says the opposite, the minister told reporters on Tuesday.",
        "Related costs rose by a third, the ministry said.",
        "Photos of the launch showed two stages, analysts said.",
        "Follow us, the pilot radioed, before both aircraft turned east.",
        "Subscribers to the theory that the talks will fail had new reason to doubt it.",
        "Advertisement spending by the army doubled.",
        "Watch officers on the bridge saw the flare at 04:10.",
        "The sign-up deadline for the exercise is in June.",
        "Leave was cancelled for all crews, the navy said.",
        "China said on Monday that it would resume the talks.",
        RUNNING,
    ],
)
def test_sentences_that_begin_alike_stay(line):
    assert not is_boilerplate(line)


def test_a_repeated_headline_a_byline_and_a_photo_at_the_top_go():
    lines = [
        "Frigates meet in the strait",
        "World: Frigates meet in the strait",
        "By Jane Roe, June 3, 2026",
        "In this file photo, a frigate leaves port. Photo Harbour Press/AP/John Doe.",
        RUNNING,
        "A spokesman said Frigates meet in the strait every week, and that nothing had happened beyond the usual.",
    ]
    assert story_lines(lines, ["Frigates meet in the strait"], ["Jane Roe"]) == lines[4:]


def test_a_sentence_that_ends_with_an_agency_stays():
    lines = ["The ministry confirmed the meeting, an official told Reuters.", RUNNING]
    assert story_lines(lines, ["Another headline of some length"]) == lines


def test_a_flash_that_says_only_its_headline_is_kept():
    assert story_lines(["China navy ships collide"], ["China navy ships collide"]) == ["China navy ships collide"]


def test_lines_that_the_host_repeats_go_but_never_half_of_the_story():
    lines = [
        RUNNING,
        "The Harbour Press, independent since 1907, lives from its readers.",
        RUNNING + " More came later.",
    ]
    assert story_lines(lines, [], repeated={line_hash(lines[1])}) == [lines[0], lines[2]]
    assert story_lines(lines, [], repeated={line_hash(line) for line in lines}) == lines


def test_a_line_hash_ignores_case_and_punctuation_and_fits_a_bigint():
    assert line_hash("Leave a reply!") == line_hash("LEAVE A REPLY")
    assert line_hash("one") != line_hash("two")
    assert all(-(2**63) <= line_hash(str(n)) < 2**63 for n in range(200))


def boxed(body):
    tree = html.document_fromstring(f"<html><body>{body}</body></html>")
    remove_boxes(tree)
    return " ".join(tree.text_content().split())


@pytest.mark.parametrize(
    "box",
    [
        '<div class="article__relatedStories"><p>BOX</p></div>',
        '<section id="newsletter-signup"><h3>BOX</h3></section>',
        '<ul class="social-share"><li>BOX</li></ul>',
        '<p class="photo-credit">BOX</p>',
        '<div class="imageCaption">BOX</div>',
        '<blockquote class="twitter-tweet">BOX</blockquote>',
        '<p><a href="/x">BOX a headline of another story altogether</a></p>',
        '<p><strong>Also in the news:</strong> <a href="/x">BOX a headline of another story</a></p>',
        '<ul><li>Navy: <a href="/x">BOX a long headline</a></li><li>Army: <a href="/y">a long headline</a></li></ul>',
        '<a href="/x"><h3>BOX</h3><span>a card</span></a>',
        '<div style="display: none">BOX</div>',
        "<div hidden>BOX</div>",
        '<script>"BOX"</script>',
        "<figure><figcaption>BOX</figcaption></figure>",
        '<span class="sr-only">BOX</span>',
    ],
)
def test_boxes_are_removed(box):
    left = boxed(f"<p>{RUNNING}</p>{box}tail<p>{RUNNING}</p>")
    assert "BOX" not in left
    assert left.count(RUNNING) == 2
    assert "tail" in left


def test_a_story_in_a_wrapper_with_a_telling_name_stays():
    story = f"<p>{RUNNING}</p><p>{RUNNING}</p>"
    assert boxed(f'<div class="content has-newsletter comments-open">{story}</div>').count(RUNNING) == 2


def test_a_story_that_a_script_is_to_show_stays():
    assert RUNNING in boxed(f'<p>Menu</p><div style="display:none"><p>{RUNNING}</p></div>')


def test_links_within_a_sentence_stay():
    sentence = 'The <a class="tags" href="/t">ministry</a> said the <span class="share">talks</span> would go on.'
    assert boxed(f"<p>{sentence}</p>") == "The ministry said the talks would go on."


def find_standfirst(between, description=None):
    tree = html.document_fromstring(
        f"<html><body><nav><p>Our paper is read by many people in the whole region.</p></nav>"
        f"<h1>Frigates meet</h1>{between}<div><p>{RUNNING}</p></div></body></html>"
    )
    return standfirst(tree, ["Frigates meet"], [RUNNING], description)


STANDFIRST = "Two navies that rarely speak have agreed on a channel for emergencies."


@pytest.mark.parametrize(
    "between",
    [
        f"<p>{STANDFIRST}</p>",
        f"<div><h2>{STANDFIRST}</h2></div><figure><figcaption>A frigate in the harbour at noon.</figcaption></figure>",
        f'<p class="byline">By Jane Roe <time>3 June</time></p><div class="standfirst"><p>{STANDFIRST}</p></div>',
    ],
)
def test_a_standfirst_is_found(between):
    assert find_standfirst(between) == STANDFIRST


@pytest.mark.parametrize(
    "between",
    [
        "",
        "<p>By Jane Roe, 3 June 2026</p>",
        f'<p><a href="/other">{STANDFIRST}</a></p>',
        "<p>Photo: A frigate leaves the harbour of the capital in the morning/Harbour Press</p>",
        "<p>Subscribe to our newsletter for all the news from the harbour.</p>",
        f"<aside><p>{STANDFIRST}</p></aside>",
    ],
)
def test_what_is_no_standfirst(between):
    assert find_standfirst(between) is None


def test_the_description_tells_a_standfirst_without_a_full_stop():
    bare = STANDFIRST.rstrip(".")
    assert find_standfirst(f"<span>{bare}</span>") is None
    assert find_standfirst(f"<span>{bare}</span>", description=STANDFIRST) == bare
