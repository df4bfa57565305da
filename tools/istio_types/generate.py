#!/usr/bin/env python3
"""Turns Istio's .proto files into the table by which values and meshConfig are checked.

usage: generate.py TYPES_DIR HISTORY OUT_FILE

TYPES_DIR holds the .proto files of the modules istio.io/istio (the charts' values) and istio.io/api.
HISTORY says what other releases had (history.txt beside this file).

OUT_FILE is text, a message or an enum a block:
  message <full name>
   <JSON name> <proto name> <type> <first minor version> <last minor version>
  enum <full name> <value>…
A type is a scalar, a full name, "[]" and a type for a list, or "{}" and a type for a map. Blocks
hold what the two roots reach, fields in the order of their declaration, which is the order in which
Istio reads them.
"""
import pathlib
import re
import sys

ROOTS = ("istio.operator.v1alpha1.Values", "istio.mesh.v1alpha1.MeshConfig")
TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|[\w.]+|[{};=<>,\[\]()]',
                   re.S)
SCALARS = {"bool", "string", "bytes", "float", "double", "int32", "int64", "uint32", "uint64"}
ALWAYS, NEVER = 0, 999


def tokens(text):
    return [t for t in TOKEN.findall(text) if not t.startswith(("//", "/*"))]


def statements(text):
    """(enclosing blocks, words) of every statement; a block is (keyword, name)."""
    blocks, words = [], []
    for token in tokens(text):
        if token == "{":
            blocks.append((words[0], words[1]) if len(words) > 1 else ("", ""))
            words = []
        elif token == "}":
            blocks.pop()
            words = []
        elif token == ";":
            yield list(blocks), words
            words = []
        else:
            words.append(token)


def json_name(words, name):
    for i, word in enumerate(words[:-2]):
        if word == "json_name":
            return words[i + 2].strip("\"'")
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def read_type(words):
    words = [w for w in words if w != "optional"]
    if words[0] == "map":
        return "{}" + words[4]
    return "[]" + words[1] if words[0] == "repeated" else words[0]


def read_file(text, messages, enums):
    package = re.search(r"^package ([\w.]+);", text, re.M).group(1)
    for blocks, words in statements(text):
        named = [b for b in blocks if b[0] in ("message", "enum")]
        if not named or len(named) + sum(b[0] == "oneof" for b in blocks) != len(blocks):
            continue
        full = ".".join([package, *(b[1] for b in named)])
        if "=" not in words or words[0] in ("option", "reserved", "extensions"):
            continue
        at = words.index("=")
        if named[-1][0] == "enum":
            enums.setdefault(full, []).append(words[0])
        else:
            name = words[at - 1]
            messages.setdefault(full, {})[name] = [json_name(words, name),
                                                   read_type(words[: at - 1]), ALWAYS, NEVER]


def declared_messages(text):
    """Names of all messages, those without fields too."""
    package = re.search(r"^package ([\w.]+);", text, re.M).group(1)
    blocks, words = [], []
    for token in tokens(text):
        if token == "{":
            blocks.append(words[1] if words[:1] == ["message"] else None)
            if blocks[-1]:
                yield ".".join([package, *(b for b in blocks if b)])
            words = []
        elif token == "}":
            blocks.pop()
            words = []
        elif token == ";":
            words = []
        else:
            words.append(token)


def resolve(kind, owner, known):
    """The full name of a type as a field of `owner` names it: innermost scope first."""
    prefix = kind[:2] if kind[:2] in ("[]", "{}") else ""
    kind = kind[len(prefix):]
    if kind in SCALARS or kind.startswith("google."):
        return prefix + kind
    if kind.startswith("."):
        return prefix + kind[1:]
    scope = owner.split(".")
    for depth in range(len(scope), -1, -1):
        full = ".".join([*scope[:depth], kind])
        if full in known:
            return prefix + full
    raise SystemExit(f"no .proto file declares {kind}, which {owner} uses")


def apply_history(text, messages):
    package = ""
    for line in text.splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if words[0] == "package":
            package = words[1]
            continue
        message, _, name = words[0].rpartition(".")
        fields = messages.setdefault(f"{package}.{message}", {})
        if words[1] == "since":
            fields[name][2] = int(words[2])
            continue
        last = int(words[2])
        if name in fields:  # another type
            fields[name][2] = last + 1
        first = int(words[4]) if len(words) > 4 else ALWAYS
        fields[f"{name}@{last}"] = [json_name([], name), words[3], first, last]


def reachable(messages, enums):
    known = messages.keys() | enums.keys()
    found, waiting = set(), list(ROOTS)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for field in messages.get(name, {}).values():
            field[1] = resolve(field[1], name, known)
            target = field[1].removeprefix("[]").removeprefix("{}")
            if target in known:
                waiting.append(target)
    return found


def main():
    types, history, target = map(pathlib.Path, sys.argv[1:4])
    messages, enums = {}, {}
    for file in sorted(types.rglob("*.proto")):
        text = file.read_text(encoding="utf-8")
        for name in declared_messages(text):
            messages.setdefault(name, {})
        read_file(text, messages, enums)
    apply_history(history.read_text(encoding="utf-8"), messages)
    lines = []
    for name in sorted(reachable(messages, enums)):
        if name in enums:
            lines.append(" ".join(["enum", name, *enums[name]]))
            continue
        lines.append(f"message {name}")
        for proto, (json, kind, first, last) in messages[name].items():
            lines.append(f" {json} {proto.partition('@')[0]} {kind} {first} {last}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


sys.exit(main())
