"""In CI Hypothesis draws the same examples every time, so that a red run can be repeated."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")
