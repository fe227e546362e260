"""Undercount's world: migrants, recruiters, officials and NGOs under push, pull and corruption.

`from model import TraffickingModel` is all that a Mesa user needs. Nothing is imported before it is
asked for, so that commands that only read files stay instant.
"""

__version__ = "0.1.0"
__all__ = ["TraffickingModel", "__version__"]


def __getattr__(name: str):
    if name == "TraffickingModel":
        from model.model import TraffickingModel

        return TraffickingModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
