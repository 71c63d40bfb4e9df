"""Model cards: the Markdown we write, and nothing that could act on a page."""

from inference.jobs.cards import as_html


def test_headings_go_one_level_down() -> None:
    assert as_html("# Card\n## Part") == "<h2>Card</h2>\n<h3>Part</h3>"


def test_paragraph_lines_join_and_inline_marks_work() -> None:
    html = as_html("One **bold**\nand `code` [paper](https://doi.org/10.1/x).")
    assert html == (
        "<p>One <strong>bold</strong> and <code>code</code> "
        '<a href="https://doi.org/10.1/x" rel="noopener">paper</a>.</p>'
    )


def test_list_items_keep_their_continuation_lines() -> None:
    assert as_html("- one\n  more\n- two") == "<ul><li>one more</li><li>two</li></ul>"


def test_table_has_head_and_body() -> None:
    html = as_html("| a | b |\n| --- | ---: |\n| 1 | 2 |")
    assert "<thead><tr><th>a</th><th>b</th></tr></thead>" in html
    assert "<tbody><tr><td>1</td><td>2</td></tr></tbody>" in html


def test_fenced_code_stays_as_it_is() -> None:
    html = as_html("```python\nx = **y**\n```")
    assert html.strip() == "<pre><code>x = **y**</code></pre>"


def test_markup_and_other_addresses_are_shown_not_obeyed() -> None:
    html = as_html('<script>x</script> [a](javascript:x) [b](https://x"onclick="y)')
    assert "<script" not in html
    assert "javascript:x" in html
    assert "<a" in html
    assert 'onclick="' not in html
