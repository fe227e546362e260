"""The scale of worlds that are made by the hundred, apart from the model, which `--help` need not load."""

# Persons that one agent stands for. Shares and ratios of most patterns hardly depend on it: a world takes 25 ms.
COARSE = 1574
