"""Undercount: when fewer victims are referred, are fewer people trafficked?

`from undercount import TraffickingModel` is all that a Mesa user needs. The folders `model`,
`experiments` and `scenarios` of a checkout are `undercount.model`, `undercount.experiments` and
`undercount.scenarios` (`pyproject.toml` maps them), so that nobody's own `model.py` is taken for them.
Nothing is imported before it is asked for: commands that only read files stay instant.
"""

__version__ = "0.2.0"
__all__ = ["TraffickingModel", "__version__"]


def __getattr__(name: str):
    if name == "TraffickingModel":
        from undercount.model.mesa_model import TraffickingModel

        return TraffickingModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
