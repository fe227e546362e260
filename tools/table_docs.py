"""docs/tables.md: the data dictionary of a folder of runs, from `experiments.runs.dictionary`.

`python -m tools.generate` writes it anew; a test compares.
"""

from __future__ import annotations

from pathlib import Path

from undercount.experiments.runs.dictionary import ABOUT, TABLES
from undercount.experiments.runs.outputs import outputs_of
from undercount.model.assumed.scenario import load_scenario

PAGE = Path(__file__).parents[1] / "docs" / "tables.md"
HEAD = '''# Tables

Made from the code by `python -m tools.generate`. Every table of a result folder of `undercount run` is a Parquet file;
unit and meaning of each column stand in the file, too, with the version and the seed of replicate 0:

```python
import pyarrow.parquet as pq

schema = pq.read_schema("results/two/hidden.parquet")
schema.metadata[b"undercount"], schema.field("in_exploitation").metadata[b"description"]
```

Newly exploited persons of 2003 by run, with pandas, polars, DuckDB (SQL) and R; the snippets are run by the tests:

```python
import pandas as pd

hidden = pd.read_parquet("results/two/hidden.parquet")
found = (hidden[hidden["month"].str.startswith("2003")]
         .groupby(["scenario", "replicate"], observed=True)["newly_exploited"].sum())
```

```python
import polars as pl

found = (pl.scan_parquet("results/two/hidden.parquet")
         .filter(pl.col("month").cast(pl.String).str.starts_with("2003"))
         .group_by("scenario", "replicate").agg(pl.col("newly_exploited").sum())
         .sort("scenario", "replicate").collect())
```

```python
import duckdb

found = duckdb.sql("""
    SELECT scenario, replicate, sum(newly_exploited) AS newly_exploited
    FROM 'results/two/hidden.parquet'
    WHERE month LIKE '2003%'
    GROUP BY scenario, replicate
    ORDER BY scenario, replicate
""").df()
```

```r
library(arrow)

hidden <- read_parquet("results/two/hidden.parquet")
found <- aggregate(newly_exploited ~ scenario + replicate, sum,
                   data = hidden[startsWith(as.character(hidden$month), "2003"), ])
```

`undercount export DIR` writes the same as CSV, `--xlsx` as one workbook (extra `xlsx`), both with this dictionary;
`--table NAME` takes only some of the tables.
'''


def page() -> str:
    """The whole page."""
    lines = [HEAD]
    scenario = load_scenario("baseline")
    for name, columns in TABLES.items():
        lines += [f"## {name}.parquet", "", f"{ABOUT[name].capitalize()}.", "", "| column | unit | meaning | key |",
                  "|---|---|---|---|"]
        lines += [f"| `{column}` | {each.unit} | {each.meaning} | {'yes' if each.key else ''} |"
                  for column, each in columns.items()]
        if name == "points":
            lines.append("| a swept name | of the name | value in effect; months counted from the region's first, "
                         "switches 1 or 0, NaN where a scenario has no such name (docs/ODD.md) | |")
        if name == "outputs":
            lines += [f"| `{output.name}` | {output.unit} | {output.title} | |"
                      for output in outputs_of(scenario.region, scenario.region.months)]
        lines.append("")
    return "\n".join(lines)


def write() -> None:
    PAGE.write_text(page(), encoding="utf-8")
