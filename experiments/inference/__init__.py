"""Statistics of the verdict, on NumPy arrays alone: no model, no region, no files.

| Module | Question |
|---|---|
| `forest_choice` | Which class made this row? Probabilities by random forests, calibrated. |
| `rejection` | The same, and parameters, from the nearest rows with regression adjustment. |
| `smc` | The same by sequential sampling (pyABC, extra `[abc]`). |
| `forest_quantiles` | What was an unseen quantity? Weights over rows, quantiles. |
| `recovery` | Which classes can be told apart at all? Confusion, families. |
| `calibration` | Do stated probabilities and intervals hold? |
| `sufficiency` | Do the summaries lose what tells the classes apart? |
| `predictive` | Does the fit cover the data; does it predict better than naive forecasts? |
| `contraction` | Which parameters did the data inform? |
| `weighted`, `estimate` | Shared: weighted quantiles; a number with its interval. |

Everything random comes from an integer seed; results do not depend on the number of workers. Rows of
a table are taken as independent draws: replicates of one draw would make out-of-bag figures too good.
"""
