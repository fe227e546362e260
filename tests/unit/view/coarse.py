"""The two worlds that these tests look at, small."""

from undercount.experiments.view.twin import Settings

COARSE = Settings(people_per_agent=1000)
