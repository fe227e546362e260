"""What is asked of the model; `run`, `sweep`, `sensitivity`, `compare` and `diff` do from Python what commands do."""

__all__ = ["compare", "diff", "run", "sensitivity", "sweep", "unknowns", "world"]


def __getattr__(name: str):
    if name in __all__:
        import undercount.experiments.notebook as notebook  # not before it is asked for: commands stay instant

        return getattr(notebook, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
