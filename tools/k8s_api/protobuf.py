#!/usr/bin/env python3
"""Turns the Go types of Kubernetes into what the twin must know to read protobuf bodies.

usage: protobuf.py TYPES_DIR OUT_FILE

TYPES_DIR holds generated.proto and the Go files beside it of the modules k8s.io/api,
k8s.io/apimachinery and k8s.io/apiextensions-apiserver. Field numbers and wire types come from the
.proto files; JSON names, inlining and what Go leaves out as empty come from the struct tags.

OUT_FILE is deflated JSON:
  {"<message>": {"<number>": [json name, type, repeated, inline, omit zero]}}
A type is "string", "bool", "int", "double", "bytes", "map:<type>" or "m:<message>". A message that
only wraps a list (ExtraValue) is "list:<type>". The output depends on nothing but the input.
"""
import json
import pathlib
import re
import sys
import zlib

MESSAGE = re.compile(r"^message (\w+) \{$")
FIELD = re.compile(r"^  (optional|repeated|required)? ?(map<string, ([\w.]+)>|[\w.]+) (\w+) = (\d+);")
PACKAGE = re.compile(r"^package ([\w.]+);", re.M)
STRUCT = re.compile(r"^type (\w+) struct \{$")
MEMBER = re.compile(r"^\t(?:(\w+)\s+)?([*\[\]\w.]+)\s+`(.*)`")
JSON_TAG = re.compile(r'json:"([^"]*)"')
NUMBER_TAG = re.compile(r'protobuf:"\w+,(\d+)')
SCALARS = {"string": "string", "bool": "bool", "bytes": "bytes", "double": "double",
           "float": "double", "int32": "int", "int64": "int", "uint32": "int", "uint64": "int"}


def read_structs(folder):
    """{struct: {field number: (json name, inline, omit zero)}} of a Go package"""
    structs = {}
    for file in sorted(folder.glob("*.go")):
        current = None
        for line in file.read_text(encoding="utf-8").splitlines():
            match = STRUCT.match(line)
            if match:
                current = structs.setdefault(match.group(1), {})
                continue
            if line == "}":
                current = None
            match = MEMBER.match(line)
            if current is None or not match:
                continue
            go_type, tags = match.group(2), match.group(3)
            number, tag = NUMBER_TAG.search(tags), JSON_TAG.search(tags)
            if not number or not tag:
                continue
            name, *options = tag.group(1).split(",")
            omits = "omitempty" in options and not go_type.startswith("*")
            current[number.group(1)] = (name, "inline" in options, omits)
    return structs


def full_type(text, package):
    if text in SCALARS:
        return SCALARS[text]
    return "m:" + (text[1:] if text.startswith(".") else f"{package}.{text}")


def read_messages(proto):
    """{message: {field number: (proto name, type, repeated)}} of a .proto file"""
    text = proto.read_text(encoding="utf-8")
    package = PACKAGE.search(text).group(1)
    messages, current = {}, None
    for line in text.splitlines():
        match = MESSAGE.match(line)
        if match:
            current = messages.setdefault(f"{package}.{match.group(1)}", {})
            continue
        match = FIELD.match(line)
        if current is None or not match:
            continue
        label, whole, value, name, number = match.groups()
        kind = "map:" + full_type(value, package) if value else full_type(whole, package)
        current[number] = (name, kind, label == "repeated")
    return messages


def join(messages, structs):
    out = {}
    for message, fields in messages.items():
        struct = structs.get(message.rsplit(".", 1)[1])
        if struct is None and set(fields) == {"1"} and fields["1"][0] == "items":
            out[message] = "list:" + fields["1"][1]
            continue
        table = {}
        for number, (name, kind, repeated) in fields.items():
            json_name, inline, omits = (struct or {}).get(number, (name, False, False))
            table[number] = [json_name, kind, int(repeated), int(inline), int(omits)]
        out[message] = table
    return out


def main():
    source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    everything = {}
    for proto in sorted(source.rglob("generated.proto")):
        everything.update(join(read_messages(proto), read_structs(proto.parent)))
    if not everything:
        raise SystemExit(f"there is no generated.proto below {source}; run tools/fetch-deps")
    text = json.dumps(everything, sort_keys=True, separators=(",", ":"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(zlib.compress(text.encode(), 9))
    return 0


sys.exit(main())
