"""What several parents of a scenario say of the same thing: it must not matter which is named last."""

from __future__ import annotations

from pathlib import Path

from undercount.model.files.toml_in import Document, describe

Stated = dict[tuple[str, str], tuple[object, Document]]  # (table, key) -> what a file says, and which


def check_parents(documents: list[Document], parents: dict[Path, list[Path]]) -> None:
    """Report what two parents in a list say differently and the file itself does not say.

    documents  all files of a chain, the nearest first
    parents    of each file, those that it extends
    """
    by_path = {document.path.resolve(): document for document in documents}
    for path, above in parents.items():
        lines = [_line(parent, parents) for parent in above]
        own = _stated([by_path[path]])
        for n, one in enumerate(lines):
            for other in lines[n + 1:]:
                first, second = (_stated([by_path[p] for p in by_path if p in mine and p not in others])
                                 for mine, others in ((one, other), (other, one)))
                for key in first.keys() & second.keys() - own.keys():
                    _compare(by_path[path], ".".join(key), first[key], second[key])


def _line(path: Path, parents: dict[Path, list[Path]]) -> set[Path]:
    """A file and all that it builds on."""
    return {path}.union(*(_line(parent, parents) for parent in parents.get(path, ())))


def _stated(documents: list[Document]) -> Stated:
    """What files say, the nearest first."""
    found: Stated = {}
    for document in documents:
        for table, content in document.values.items():
            if table == "events" and isinstance(content, list):
                content = {str(event.get("name")): event for event in content if isinstance(event, dict)}
            if isinstance(content, dict) and table != "calibrated":
                for key, value in content.items():
                    found.setdefault((table, key), (value, document))
    return found


def _compare(document: Document, key: str, one: tuple[object, Document], other: tuple[object, Document]) -> None:
    (here, first), (there, second) = one, other
    if here == there:
        return
    texts = [f"{describe(value)} in {source.path.name}" if not isinstance(value, dict) else source.path.name
             for value, source in ((here, first), (there, second))]
    document.source.bad(("extends",), "extends", f"{key} from two parents, not the same: {' and '.join(texts)}",
                        f"{key} in this file, or parents that agree")
