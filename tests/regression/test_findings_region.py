"""The findings of other regions: below the mark they say what is published, word for word."""

import pytest

from tools import findings, findings_region

REGIONS = sorted(path.parents[1].name for path in findings.PUBLISHED.glob("*/verdict/verdict.json")
                 if path.parents[1] != findings.PUBLISHED)


@pytest.mark.parametrize("region", REGIONS)
def test_the_page_is_made_from_what_is_published(region):
    text = findings_region.page_of(region).read_text(encoding="utf-8")
    above, mark, below = text.partition(findings_region.MARK)
    assert mark and below.strip() == findings_region.made(region).strip()
    assert "What would be a surprise" in above


def test_what_would_be_a_surprise_is_written_down():
    assert "Written down before any verdict" in findings_region.page_of("north-west-europe").read_text(encoding="utf-8")
