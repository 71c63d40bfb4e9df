"""Every encoding is decoded to the same pixels, in the worker, under the policy."""

import pytest

from tests.e2e.frontend.conftest import Open
from tests.e2e.frontend.encodings import ENCODINGS

PIXELS = """(pane) => {
  const canvas = document.querySelectorAll('.pane__surface canvas')[pane];
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let [hash, spread] = [0, new Set()];
  for (let i = 0; i < data.length; i += 4) {
    hash = (Math.imul(hash, 31) + data[i]) | 0;
    spread.add(data[i]);
  }
  return [hash, spread.size];
}"""
"""A number made of all pixels of a viewport, and how many different greys there are."""


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_encoding_shows_the_pixels_of_the_raw_picture(open_page: Open, encoding: str) -> None:
    opened = open_page(f"/viewer/{encoding}/?rendering=cpu")
    assert opened.page.locator(".pane__name").all_inner_texts() == ["Raw", encoding]
    raw, coded = (opened.page.evaluate(PIXELS, pane) for pane in range(2))
    assert raw[1] > 50
    assert coded == raw
