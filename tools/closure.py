"""What files of src/ include, and which of them passed a check as they are now."""
import hashlib
import json
import pathlib
import re

SRC = pathlib.Path(__file__).resolve().parent.parent / "src"
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


class Closures:
    def __init__(self):
        self.files = {}

    def read(self, path):
        """(digest, headers of ours that it includes)"""
        if path not in self.files:
            data = path.read_bytes()
            headers = [SRC / name for name in INCLUDE.findall(data.decode())]
            self.files[path] = (hashlib.sha256(data).hexdigest(),
                                [header for header in headers if header.exists()])
        return self.files[path]

    def reached(self, path):
        """All headers of ours that `path` includes, directly or not."""
        seen, todo = set(), list(self.read(path)[1])
        while todo:
            header = todo.pop()
            if header not in seen:
                seen.add(header)
                todo.extend(self.read(header)[1])
        return seen

    def key(self, path, *setting):
        """Changes with the file, with what it reaches and with `setting`."""
        parts = [f"{one}:{self.read(one)[0]}" for one in sorted({path} | self.reached(path))]
        return hashlib.sha256("\n".join([*setting, str(path), *parts]).encode()).hexdigest()


class Passed:
    """The keys of what passed, kept in a file of the build folder."""

    def __init__(self, path):
        self.path = path
        self.keys = set(json.loads(path.read_text())) if path.exists() else set()

    def __contains__(self, key):
        return key in self.keys

    def add(self, key):
        self.keys.add(key)

    def save(self, current):
        """Forgets all but `current`."""
        self.path.write_text(json.dumps(sorted(self.keys & set(current))))
