#!/usr/bin/env python3
"""Turns the API documents of k8s.io/kubernetes into the data that the twin embeds.

usage: generate.py API_DIR OUT_DIR

API_DIR holds openapi-spec/ and discovery/ of the module. Written into OUT_DIR:
  k8s_schema.bin      deflated JSON {"definitions": …, "groups": …}: what the twin knows of kinds
  k8s_openapi_v3.bin  archive of the documents below /openapi/v3 (see write_archive)
  k8s_openapi_v2.bin  deflated /openapi/v2
Only stable versions are kept: a default API server serves no alpha and no beta ones
(pkg/controlplane/instance.go). The output depends on nothing but the input.
"""
import hashlib
import json
import pathlib
import re
import struct
import sys
import zlib

STABLE = re.compile(r"^v\d+$")
GROUP_PATH = re.compile(r"^/?apis/([^/]+)/([^/]+)")


def load(path):
    with open(path, encoding="utf-8") as stream:
        return json.load(stream)


def pack(text):
    return zlib.compress(text.encode(), 9)


def compact(tree):
    return json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def is_served(path):
    """Whether a URL path, or a document's name, belongs to a stable version."""
    match = GROUP_PATH.match(path)
    return not match or bool(STABLE.match(match.group(2)))


def read_v3(folder):
    """{path below /openapi/v3: document}"""
    documents = {}
    for file in sorted(folder.glob("*_openapi.json")):
        path = file.name[: -len("_openapi.json")].replace("__", "/")
        if is_served(path):
            documents[path] = load(file)
    return documents


def slim(schema):
    """A schema without prose, and with `allOf: [{$ref}]` as the reference that it stands for."""
    out = {}
    for key, value in schema.items():
        if key in ("description", "x-kubernetes-unions", "x-kubernetes-selectable-fields"):
            continue
        if key == "allOf" and len(value) == 1 and "$ref" in value[0]:
            out["$ref"] = value[0]["$ref"].rsplit("/", 1)[1]
        elif key == "$ref":
            out["$ref"] = value.rsplit("/", 1)[1]
        elif key == "properties":
            out[key] = {name: slim(child) for name, child in value.items()}
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            out[key] = slim(value)
        else:
            out[key] = value
    return out


def definitions_of(documents):
    merged = {}
    for document in documents.values():
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            gvks = schema.get("x-kubernetes-group-version-kind", [])
            known = merged.setdefault(name, slim(schema))
            if len(gvks) > len(known.get("x-kubernetes-group-version-kind", [])):
                known["x-kubernetes-group-version-kind"] = gvks
    return merged


def groups_of(folder):
    """[{"group", "version", "resources"}] in the order of /apis, the core group first."""
    found = [("", "v1", "api__v1.json")]
    for group in load(folder / "apis.json")["groups"]:
        for version in group["versions"]:
            name = version["version"]
            if STABLE.match(name):
                found.append((group["name"], name, f"apis__{group['name']}__{name}.json"))
    return [
        {"group": group, "version": version, "resources": load(folder / file)["resources"]}
        for group, version, file in found
    ]


def references(tree, found):
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key == "$ref" and isinstance(value, str):
                found.add(value.rsplit("/", 1)[1])
            else:
                references(value, found)
    elif isinstance(tree, list):
        for item in tree:
            references(item, found)


def stable_v2(document):
    document["paths"] = {p: v for p, v in document["paths"].items() if is_served(p)}
    definitions = document["definitions"]
    todo, kept = set(), {}
    references(document["paths"], todo)
    while todo:
        name = todo.pop()
        if name in definitions and name not in kept:
            kept[name] = definitions[name]
            references(kept[name], todo)
    document["definitions"] = kept
    return document


def write_archive(documents, file):
    """u32 size of the index (little endian), index {path: [offset, size, hash]}, deflated texts."""
    index, body = {}, b""
    for path in sorted(documents):
        text = compact(documents[path])
        packed = pack(text)
        digest = hashlib.sha512(text.encode()).hexdigest().upper()
        index[path] = [len(body), len(packed), digest]
        body += packed
    head = compact(index).encode()
    file.write_bytes(struct.pack("<I", len(head)) + head + body)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    api, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    if not (api / "openapi-spec").is_dir() or not (api / "discovery").is_dir():
        sys.exit(f"{api} lacks openapi-spec/ or discovery/: fetch the Kubernetes API documents first")
    out.mkdir(parents=True, exist_ok=True)
    documents = read_v3(api / "openapi-spec" / "v3")
    known = {"definitions": definitions_of(documents), "groups": groups_of(api / "discovery")}
    (out / "k8s_schema.bin").write_bytes(pack(compact(known)))
    write_archive(documents, out / "k8s_openapi_v3.bin")
    v2 = stable_v2(load(api / "openapi-spec" / "swagger.json"))
    (out / "k8s_openapi_v2.bin").write_bytes(pack(compact(v2)))


if __name__ == "__main__":
    main()
