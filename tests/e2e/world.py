"""What every end-to-end test needs: programs that run beside the test, real kubectl, waiting, and
comparing what a step changed with what it may change."""
import argparse
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

DEADLINE_S = 240
SKIPPED = 77


class Failure(Exception):
    pass


def step(text):
    print(f"--- {text}", flush=True)


def expect(condition, text):
    if not condition:
        raise Failure(text)


def contains(text, *patterns):
    for pattern in patterns:
        expect(re.search(pattern, text, re.M), f"no line matches {pattern!r} in:\n{text}")


def eventually(what, look):
    """Until `look` gives something true; shows what it last gave or raised."""
    end = time.monotonic() + DEADLINE_S
    last = None
    while time.monotonic() < end:
        try:
            last = look()
            if last:
                return last
        except (Failure, KeyError, IndexError) as error:
            last = error
        time.sleep(0.2)
    raise Failure(f"{what}: not within {DEADLINE_S} s; last: {last}")


class World:
    def __init__(self, options, folder):
        self.options = options
        self.folder = pathlib.Path(folder)
        self.kubeconfig = str(self.folder / "kubeconfig")
        self.processes = []

    def known_versions(self):
        result = subprocess.run([self.options.jibe, "charts", "list"], capture_output=True, text=True)
        return [line.split()[0] for line in result.stdout.splitlines()[1:]]

    def start(self, *arguments):
        log = open(self.log(arguments[0]), "w")
        process = subprocess.Popen([self.options.jibe, *arguments], stdout=log,
                                   stderr=subprocess.STDOUT, cwd=self.folder)
        self.processes.append(process)
        return process

    def log(self, name):
        return self.folder / f"{name}.log"

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait(timeout=30)

    def run(self, *arguments, fails=False, stdin=None, **environment):
        result = subprocess.run(arguments, input=stdin, capture_output=True, text=True, timeout=300,
                                env=dict(os.environ, KUBECONFIG=self.kubeconfig, **environment))
        if (result.returncode != 0) != fails:
            raise Failure(f"{' '.join(arguments)} gave {result.returncode}:\n"
                          f"{result.stdout}{result.stderr}")
        return result.stderr if fails else result.stdout

    def kubectl(self, *arguments, **options):
        return self.run(self.options.kubectl, *arguments, **options)

    def jibe(self, *arguments, **options):
        return self.run(self.options.jibe, *arguments, **options)

    def json(self, *arguments):
        return json.loads(self.kubectl(*arguments, "-o", "json"))

    def names(self, cluster, kinds, namespace):
        out = self.kubectl("--context", cluster, "get", kinds, "-n", namespace, "-o", "name")
        return {line.split("/", 1)[1] for line in out.split()}

    def apply(self, text, context="mgmt", **options):
        return self.kubectl("--context", context, "apply", "--validate=strict", "-f", "-",
                            stdin=text, **options)

    def tail_of_logs(self):
        return "".join(f"== {path.name}\n{path.read_text()[-3000:]}"
                       for path in sorted(self.folder.glob("*.log")))


# What a step could change by mistake. Pods, ReplicaSets, Endpoints, Events and Leases follow from
# these, and statuses are not what anybody applied.
KINDS = ("ns,deploy,ds,sts,svc,sa,cm,secret,hpa,pdb,roles,rolebindings,clusterroles,"
         "clusterrolebindings,mutatingwebhookconfigurations,validatingwebhookconfigurations,"
         "crd,istiooperators")


def fingerprint(item):
    meta = item["metadata"]
    kept = {key: value for key, value in item.items() if key not in ("metadata", "status")}
    kept["labels"] = meta.get("labels")
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


class Changes:
    """Objects of a cluster at one time, and which of them differ later."""

    def __init__(self, world, cluster):
        self.world, self.cluster = world, cluster
        self.before = self.look()

    def look(self):
        items = self.world.json("--context", self.cluster, "get", KINDS, "-A")["items"]
        return {f"{i['kind']} {i['metadata'].get('namespace', '')}/{i['metadata']['name']}":
                fingerprint(i) for i in items}

    def since(self):
        after = self.look()
        changed = sorted(name for name in self.before.keys() | after.keys()
                         if self.before.get(name) != after.get(name))
        self.before = after
        return changed

    def expect_only(self, *patterns):
        """Everything that changed matches one of the patterns."""
        wrong = [name for name in self.since()
                 if not any(re.fullmatch(pattern, name) for pattern in patterns)]
        expect(not wrong, f"{self.cluster}: changed without being asked to: {wrong}")


def main(description, parts, world_type=World):
    parser = argparse.ArgumentParser(description=description)
    for name in ("jibe", "kubectl", "examples"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    for name in ("jibe", "kubectl", "examples"):
        setattr(options, name, os.path.abspath(getattr(options, name)))
    with tempfile.TemporaryDirectory() as folder:
        world = world_type(options, folder)
        try:
            started = time.monotonic()
            for part in parts:
                part(world)
                print(f"    {time.monotonic() - started:.1f} s", flush=True)
        except Failure as failure:
            print(f"FAILED: {failure}\n{world.tail_of_logs()}")
            return 1
        finally:
            world.stop()
    return 0
