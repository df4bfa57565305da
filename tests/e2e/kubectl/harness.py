"""Runs kubectl against embedded clusters and says what is wrong with its answers."""
import json
import os
import re
import shlex
import subprocess

from world import Failure, contains, eventually, expect


def equals(found, wanted):
    expect(found == wanted, f"found:\n{found}\nwanted:\n{wanted}")


def columns(text, header, *rows):
    """The header's columns exactly, and a line for each pattern (cells by single spaces)."""
    lines = [re.sub(r" {2,}", "  ", line.strip()) for line in text.splitlines()]
    expect(lines, "nothing was printed")
    equals(lines[0], "  ".join(header.split("|")))
    for row in rows:
        pattern = "  ".join(row.split("|"))
        expect(any(re.fullmatch(pattern, line) for line in lines[1:]),
               f"no row matches {pattern!r} in:\n{text}")


class Kubectl:
    """One kubectl in one context and namespace. Called with a command line, it gives stdout."""

    def __init__(self, twin, program, context, namespace):
        self.twin, self.program = twin, program
        self.context, self.namespace = context, namespace
        self.folder = twin.folder / namespace
        self.folder.mkdir(exist_ok=True)

    def start(self, line, **options):
        arguments = shlex.split(line) if isinstance(line, str) else list(line)
        command = [self.program, "--kubeconfig", self.twin.kubeconfig, "--context", self.context,
                   "--cache-dir", str(self.folder / "cache"), *arguments]
        if self.namespace and not {"-n", "-A"} & set(arguments):
            command[1:1] = ["-n", self.namespace]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, cwd=self.folder, **options)

    def both(self, line, stdin="", code=0, **environment):
        process = self.start(line, env=dict(os.environ, **environment))
        try:
            out, err = process.communicate(stdin, timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Failure(f"kubectl {line} did not end") from None
        expect(code in (process.returncode, None),
               f"kubectl {line} gave {process.returncode}:\n{out}{err}")
        return out, err

    def __call__(self, line, stdin="", **environment):
        return self.both(line, stdin, **environment)[0]

    def fails(self, line, stdin="", code=1, **environment):
        return self.both(line, stdin, code, **environment)[1].strip()

    def json(self, line):
        return json.loads(self(f"{line} -o json"))

    def apply(self, text, options=""):
        return self(f"apply -f - {options}", text)

    def other(self, program):
        return Kubectl(self.twin, program, self.context, self.namespace)

    def script(self, name, text):
        path = self.folder / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return str(path)

    def kubectl_line(self):
        """For scripts that call kubectl themselves."""
        return (f"{self.program} --kubeconfig {self.twin.kubeconfig} --context {self.context}"
                f" --namespace {self.namespace}")


class Twin:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.kubeconfig = str(folder / "kubeconfig")

    def __enter__(self):
        self.log = open(self.folder / "twin.log", "w")
        self.process = subprocess.Popen(
            [self.options.jibe, "twin", "up", "--kubeconfig", self.kubeconfig],
            stdout=self.log, stderr=subprocess.STDOUT, cwd=self.folder)
        eventually("the kubeconfig", lambda: os.path.exists(self.kubeconfig))
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.log.close()

    def kubectl(self, case):
        """For one case: in a new namespace of the cluster that it asks for."""
        name = case.__name__.replace("_", "-")
        kubectl = Kubectl(self, self.options.kubectl, getattr(case, "context", "cluster-1"), name)
        kubectl(f"create namespace {name}")
        return kubectl
