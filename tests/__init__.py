"""Tests by what they can show: unit, verification, statistical, regression, end_to_end; `fuzz` breaks inputs."""
