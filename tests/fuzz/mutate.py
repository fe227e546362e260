"""Valid inputs made invalid: cells, keys, values, lines and types as they go wrong, and raw bytes.

Every choice is taken from a `random.Random`, so that Hypothesis (which gives one of its own) can
shrink it and a seed repeats it.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from random import Random

NASTY = (
    "", " ", "0", "-1", "-0.0", "1e308", "1e309", "-1e400", "9" * 30, "9" * 5000, "1" + "0" * 400 + ".5", "nan", "inf",
    "-inf", "NaN", "1_000", "0x10", "0b1", "0o7", "1,5", "1 000", "٣", "１２", "½", "true", "false", "on", "TRUE",
    "null", "None", "[]", "{}", "[[]]", "''", '""', "'", '"', '"""', "'''", "\\", "\\u0000", "\\ud800", "\x00", "\x1b[31m",
    "\x07", "\u202e", "\u200b", "\ufeff", "\u2028", "\u0085", "é", "日本", "\U0001f600", "a" * 300, "é" * 3000,
    "x" * 100_000, "a." * 60 + "b", "[" * 3000, "{" * 3000, "(" * 500, "1999-13", "2000-02-30", "1999-1", "0000-00",
    "1999-01-01", "1999-01-01T00:00:00Z", "2150-01", "-5-01", "../../etc/passwd", "/dev/zero", "/", "..", ".", "C:\\x",
    "file.toml", "baseline", "mine.toml", "./mine.toml", "everywhere", "ABC", "abc", "AAA>BBB", "=1+1", "@x", "%s",
    "{0}", "$(id)", "`id`", "# x", ";", "\t", "\r", "\r\n", "\n", "__class__", "a=b", "value", "low", "{ value = 1 }",
    "{ value = 1, low = 2, high = 0 }", "{ value = 1, low = 0, high = 2, odd = 3 }", "[1, 2]", '["a", 1]', "{a.b=1}")
_NUMBER = re.compile(rb"-?\d+(\.\d+)?")


def mutate(data: bytes, kind: str, rng: Random) -> bytes:
    """The input with one to four things wrong with it. Kinds of several files keep
    their first byte, which chooses the file, nine times in ten."""
    lead, body = (b"", data) if kind in ("parameters", "settings", "experiment") else (data[:1], data[1:])
    if lead and rng.random() < 0.1:
        lead = bytes([rng.randrange(256)])
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        body = _once(body, kind, rng)
    return lead + body


def _once(body: bytes, kind: str, rng: Random) -> bytes:
    if rng.random() < 0.15:
        return _raw(body, rng)
    if body[:4] == b"PK\x03\x04":
        return _part(body, rng)
    if body[:4] == b"PAR1":
        return _parquet(body, rng)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return _raw(body, rng)
    if text.lstrip()[:1] == "{":
        return _json(text, rng).encode("utf-8", "surrogatepass")
    changed = (_toml if re.search(r"(?m)^\s*[\w.\"'-]+\s*=", text) else _csv)(text, rng)
    return changed.encode("utf-8", "surrogatepass")


def noise(rng: Random) -> bytes:
    """Bytes that never were a file."""
    return bytes(rng.randrange(256) for _ in range(rng.randrange(200)))


def nasty(rng: Random) -> str:
    return rng.choice(NASTY)


# --------------------------------------------------------------------------- raw bytes


def _raw(body: bytes, rng: Random) -> bytes:
    at, end = sorted((rng.randrange(len(body) + 1), rng.randrange(len(body) + 1)))
    end = min(end, at + 300)
    choice = rng.randrange(9)
    if choice == 0:  # a flipped bit
        return body[:at] + bytes([body[at] ^ 1 << rng.randrange(8)]) + body[at + 1:] if at < len(body) else body
    if choice == 1:
        return body[:at]  # cut short
    if choice == 2:
        return body[:at] + body[end:]
    if choice == 3:
        return body[:at] + body[at:end] * rng.choice((2, 3, 50)) + body[end:]
    if choice == 4:
        return body[:at] + noise(rng) + body[end:]
    if choice == 5:
        return body[:at] + nasty(rng).encode("utf-8", "surrogatepass") + body[at:]
    if choice == 6:
        return rng.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"\x1f\x8b", b"PK\x03\x04", b"PAR1")) + body
    if choice == 7:
        return body.replace(b"\n", rng.choice((b"\r", b"\r\n", b"\n\n", b"", b"\x0b")))
    try:
        return body.decode().encode(rng.choice(("utf-16", "utf-32", "latin-1", "cp037", "utf-7")), "replace")
    except UnicodeDecodeError:
        return body[::-1]


# --------------------------------------------------------------------------- text


def _csv(text: str, rng: Random) -> str:
    rows = [line.split(",") for line in text.split("\n")]
    row = rng.choice(rows)
    column = rng.randrange(len(row))
    choice = rng.randrange(13)
    if choice <= 3:
        row[column] = nasty(rng)
    elif choice == 4:
        row[column] = rng.choice(rng.choice(rows))  # a cell that is right elsewhere
    elif choice == 5:
        rows[0][rng.randrange(len(rows[0]))] = rng.choice((nasty(rng), rng.choice(rows[0])))
    elif choice == 6:
        for each in rows:
            del each[min(column, len(each) - 1):][:1]
            each[:] = each[:column] + each[column + 1:] or [""]
    elif choice == 7:
        for each in rows:
            each.insert(min(column, len(each)), each[min(column, len(each) - 1)])
    elif choice == 8:
        rows.insert(rng.randrange(len(rows)), list(row))
    elif choice == 9:
        rows.remove(row)
    elif choice == 10:
        row[column] = '"' + row[column] + rng.choice(('"', "", '""', '"x', '\n"'))
    elif choice == 11:
        rows[1:] = []
    else:
        separator = rng.choice((";", "\t", "|", ", "))
        return "\n".join(separator.join(each) for each in rows)
    return "\n".join(",".join(each) for each in rows)


def _toml(text: str, rng: Random) -> str:
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    set_here = [n for n, line in enumerate(lines) if "=" in line and not line.lstrip().startswith("#")] or [at]
    chosen = rng.choice(set_here)
    key, _, value = lines[chosen].partition("=")
    choice = rng.randrange(16)
    if choice <= 3:
        lines[chosen] = f"{key}= {nasty(rng)}"
    elif choice == 4:
        lines[chosen] = f'{key}= "{nasty(rng)}"'
    elif choice == 5:
        lines[chosen] = f"{nasty(rng)} = {value}"
    elif choice == 6:
        lines[chosen] = _NUMBER.sub(lambda m: rng.choice((b"0", b"-3", b"1e9", m[0] * 3, b"0.5")),
                                    lines[chosen].encode()).decode()
    elif choice == 7:
        lines.insert(rng.randrange(len(lines)), lines[chosen])  # a key twice, or in another table
    elif choice == 8:
        del lines[at]
    elif choice == 9:
        i, j = rng.choice(set_here), rng.choice(set_here)
        lines[i], lines[j] = lines[j], lines[i]
    elif choice == 10:
        lines.insert(at, rng.choice(("[events]", "[[events]]", "[mechanisms]", "[x.y]", "[[push]]", "[", "[]",
                                     "[[]]", "[a]]", "[push]", "[events.name]", f"[{nasty(rng)}]")))
    elif choice == 11:
        depth = rng.choice((1, 2, 30, 2000))
        lines[chosen] = f"{key}= " + "[" * depth + value + "]" * depth
    elif choice == 12:
        depth = rng.choice((1, 2, 40, 500))
        lines[chosen] = f"{key}= " + "{a = " * depth + (value or "1") + "}" * depth
    elif choice == 13:
        lines[chosen] = f"{key.strip()}.{rng.choice(('value', 'low', 'x', 'a.' * 30 + 'b'))} = {value}"
    elif choice == 14:
        lines[at:at] = [f'[[events]]\nname = "{nasty(rng)}"\nwhen = "{rng.choice(("2001-06", nasty(rng)))}"\n'
                        f'where = {rng.choice((chr(34) + "everywhere" + chr(34), nasty(rng)))}\n'
                        f'parameter = "{rng.choice(("push.push", "corruption.corruption", nasty(rng)))}"\n'
                        f'{rng.choice(("factor", "value"))} = {rng.choice(("2.0", nasty(rng)))}\nsource = "s"']
    else:
        lines[chosen] = lines[chosen].replace(rng.choice("='\"[]{}.,# "), nasty(rng), 1)
    return "\n".join(lines)


_VALUES = (None, True, False, 0, -1, 10**6, 10**30, -0.5, 1e308, "", "x", "../..", "/dev/zero", "\x00", "\x1b[2J", "é" * 500,
           "a" * 70_000, [], {}, [[]], [None], {"a": 1}, "NaN", "baseline", "1999-13", float("nan"), float("inf"))


def _json(text: str, rng: Random) -> str:
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return _toml(text, rng)
    holder, at = {"": tree}, ""
    for _ in range(rng.randrange(1, 7)):  # down a random way
        inner = holder[at]
        if not isinstance(inner, (dict, list)) or not inner:
            break
        holder, at = inner, rng.choice(list(inner)) if isinstance(inner, dict) else rng.randrange(len(inner))
    choice = rng.randrange(7)
    if choice <= 2:
        holder[at] = rng.choice(_VALUES)
    elif choice == 3 and at != "":
        del holder[at]
    elif choice == 4 and isinstance(holder, dict) and at != "":
        holder[nasty(rng)] = holder.pop(at)
    elif choice == 5:
        holder[at] = [holder[at]]
    elif choice == 6 and isinstance(holder, list):
        holder.append(holder[at])
    done = json.dumps(holder[""] if "" in holder and len(holder) == 1 else tree)
    if rng.random() < 0.05:
        depth = rng.choice((100, 5000, 100_000))
        done = done[:-1] + ', "deep": ' + "[" * depth + "]" * depth + "}"
    return done


# --------------------------------------------------------------------------- binary


def _part(body: bytes, rng: Random) -> bytes:
    """A part, its members and their headers changed; the digest at its end stays as it was."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            members = {name: file.read(name) for name in file.namelist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, zipfile.zlib.error):
        return _raw(body, rng)
    name = rng.choice(list(members) or ["head.npy"])
    content = members.get(name, b"")
    choice = rng.randrange(8)
    if choice == 0:
        members.pop(name, None)
    elif choice == 1:
        members[name] = _raw(content, rng)
    elif choice == 2:
        members[name] = members[rng.choice(list(members))] if members else b""
    elif choice == 3:  # a header of the same length that says something else
        wrong = rng.choice((b"'|O'", b"'<i8'", b"'<f8'", b"'<U9'", b"'|V4'", b"(99999999999999,)", b"(-1,)", b"(0,)"))
        members[name] = re.sub(rb"'[<|][a-z]\d'|\(\d[^)]*\)", wrong, content, count=1)
    elif choice == 4 and "head.npy" in members:
        head = members["head.npy"]
        start = head.find(b"{", 80)
        changed = _json(head[start:].decode("utf-8", "replace"), rng).encode("utf-8", "replace")
        array = io.BytesIO()
        import numpy as np

        np.lib.format.write_array(array, np.frombuffer(changed, np.uint8), allow_pickle=False)
        members["head.npy"] = array.getvalue()
    elif choice == 5:
        members[nasty(rng)[:1000] or "x"] = content
    elif choice == 6:
        members[name] = b""
    else:
        members[name] = content[: rng.randrange(len(content) + 1)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for each, inside in members.items():
            file.writestr(zipfile.ZipInfo(each), inside)
        file.comment = b"0" * 64
    return out.getvalue()


def _parquet(body: bytes, rng: Random) -> bytes:
    """A table with another column, type, order or number of rows; or bytes of it changed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if rng.random() < 0.5:
        return _raw(body, rng)
    try:
        table = pq.read_table(io.BytesIO(body))
    except (OSError, pa.ArrowException):
        return _raw(body, rng)
    if not table.num_columns:
        return _raw(body, rng)
    n = rng.randrange(table.num_columns)
    name = table.column_names[n]
    choice = rng.randrange(6)
    if choice == 0:
        table = table.drop_columns([name])
    elif choice == 1:
        table = table.slice(0, rng.choice((0, 1, 5)))
    elif choice == 2:
        table = table.rename_columns([nasty(rng) if each == name else each for each in table.column_names])
    elif choice == 3:
        kinds = ((pa.string(), "x"), (pa.float64(), float("nan")), (pa.int64(), -5), (pa.null(), None),
                 (pa.list_(pa.int64()), [1]), (pa.timestamp("us"), 0), (pa.bool_(), True))
        kind, value = rng.choice(kinds)
        table = table.set_column(n, name, pa.array([value] * table.num_rows, kind))
    elif choice == 4:
        table = pa.concat_tables([table, table])
    else:
        table = table.append_column(name, table.column(n))  # a name twice
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()
