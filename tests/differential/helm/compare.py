#!/usr/bin/env python3
"""Renders charts with the real helm and with jibe, and compares the documents, in order.

    compare.py --jibe jibe --helper jibe_render_chart [--store DIR]… [--only WORD]… [--full]
               [--expressions N] [--seed N] [--verbose]

What is compared:
- Istio's charts of every version found in the chart stores (--store, $JIBE_CHARTS) times the values
  files in values/ that name the chart; one in ten unless --full. A values file starts with

    # charts: istio-control/istio-discovery base
    # versions: 1.14.5 1.15.3            (optional; default: all)
    # args: --namespace mesh             (optional; further arguments for both)

- The charts in charts/NAME/, by the arguments of each line of charts/NAME.cases. The text must be the
  same to the byte, and so must the sentence where rendering fails.
- Each line of syntax.lines, as the template of a chart of its own.
- Each line of schemas.lines, as the values.schema.json of one.
- Random expressions (expressions.py): --expressions of them, from --seed on.

Exit status: 0 all equal, 1 something differs, 77 no helm ($HELM, build/deps/bin, PATH).
"""
import argparse
import concurrent.futures
import difflib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zlib

import expressions

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
# What the guide and the build work with; every other version that is found is compared, too.
WANTED = ["1.14.5", "1.15.3", "1.31.0"]


def find_helm():
    for candidate in (os.environ.get("HELM"), ROOT / "build/deps/bin/helm", shutil.which("helm")):
        if candidate and os.access(candidate, os.X_OK):
            return str(candidate)
    return None


def run(program, arguments, text=None):
    done = subprocess.run([program, *arguments], input=text, capture_output=True, text=True,
                          cwd=HERE)
    return done.returncode, done.stdout, done.stderr


def error_of(stderr):
    """Helm's sentence, without its log lines and its advice, and without the line that jibe adds."""
    start = stderr.lower().find("error: ")
    text = stderr[start + len("error: "):] if start >= 0 else stderr
    text = re.sub(r"\n    \S.* is (null|nil|not set)\s*$", "", text)
    return text.replace("\n\nUse --debug flag to render out invalid YAML", "").strip()


def unordered(sentence):
    """Helm walks maps in any order: sorts the lines, and the names inside a line."""
    def names(match):
        return ", ".join(sorted(match.group(0).split(", ")))
    return sorted(re.sub(r"'[^']*'(, '[^']*')+", names, line) for line in sentence.splitlines())


class Comparison:
    """Two at a time; `problem` is None where both do the same."""

    def __init__(self, helm, jibe, helper, verbose):
        self.helm, self.jibe, self.helper, self.verbose = helm, jibe, helper, verbose
        self.equal = self.failed_alike = 0
        self.different, self.skipped = [], []

    def run_all(self, cases):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for (name, _, _), problem in zip(cases, pool.map(self.problem_of, cases)):
                self.report(name, problem)

    def report(self, name, problem):
        if problem:
            self.different.append(name)
            print(f"DIFFERENT {name}")
            print("\n".join("    " + line for line in problem), flush=True)
        else:
            self.equal += 1
            if self.verbose:
                print(f"equal {name}", flush=True)

    def documents(self, text):
        code, out, err = run(self.helper, ["documents"], text)
        return out.splitlines() if code == 0 else [f"unreadable: {err.strip()}"]

    def problem_of(self, case):
        _, arguments, exact = case
        theirs_code, theirs, theirs_err = run(self.helm, ["template", *arguments])
        ours_code, ours, ours_err = run(self.jibe, ["template", *arguments])
        if (theirs_code == 0) != (ours_code == 0):
            return [f"helm: {error_of(theirs_err) or 'renders'}",
                    f"jibe: {error_of(ours_err) or f'renders (status {ours_code})'}"]
        if theirs_code != 0:
            if unordered(error_of(theirs_err)) != unordered(error_of(ours_err)):
                return [f"helm: {error_of(theirs_err)}", f"jibe: {error_of(ours_err)}"]
            self.failed_alike += 1
        elif theirs != ours:
            if exact:
                return diff(theirs.splitlines(), ours.splitlines())
            return diff_documents(self.documents(theirs), self.documents(ours))
        return None


def diff(theirs, ours):
    lines = list(difflib.unified_diff(theirs, ours, "helm", "jibe", lineterm="", n=2))
    return lines[:60] + (["…"] if len(lines) > 60 else [])


def diff_documents(theirs, ours):
    if theirs == ours:
        return None
    names = [line.split("\t")[0] for line in theirs], [line.split("\t")[0] for line in ours]
    if names[0] != names[1]:
        return diff(*names)
    out = []
    for a, b in zip(theirs, ours):
        if a != b:
            split = [re.sub(r'([,{\[])', r"\1\n", line).splitlines() for line in (a, b)]
            out += [a.split("\t")[0], *diff(*split)[2:]]
    return out[:80]


def header(path, key):
    found = re.search(rf"^# {key}: (.*)$", path.read_text(), re.M)
    return shlex.split(found.group(1)) if found else []


def versions(stores):
    """Version → its folder of charts; the first store that has one wins."""
    found = {}
    for store in stores:
        for folder in sorted(pathlib.Path(store).glob("*/charts")):
            found.setdefault(folder.parent.name, folder)
    return found


def istio_cases(stores, share):
    """One in `share` of all, chosen by name, so that every run and every machine choose the same."""
    found = versions(stores)
    for version in sorted(set(found) | set(WANTED)):
        if version not in found:
            yield f"istio {version}", None
            continue
        for values in sorted((HERE / "values").glob("*.yaml")):
            if header(values, "versions") and version not in header(values, "versions"):
                continue
            for chart in header(values, "charts"):
                folder = found[version] / chart
                name = f"istio {version} {chart} {values.stem}"
                if (folder / "Chart.yaml").exists() and zlib.crc32(name.encode()) % share == 0:
                    yield (name, ["release", str(folder), "-f", str(values),
                                  *header(values, "args")])


def own_cases():
    for cases in sorted((HERE / "charts").glob("*.cases")):
        for line in cases.read_text().splitlines():
            name = [] if line.startswith("!") else ["release"]
            if line and not line.startswith("#"):
                yield f"{cases.stem} {line}", [*name, f"charts/{cases.stem}",
                                               *shlex.split(line.removeprefix("!"))]


def written(program, arguments):
    """What --output-dir makes: names and contents, and what is printed meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([program, "template", "release", HERE / "charts/flags", *arguments,
                               "--output-dir", "out"], capture_output=True, text=True, cwd=folder)
        files = [f"{path.relative_to(folder)}\n{path.read_text()}"
                 for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file()]
    return "\n".join([str(done.returncode), done.stdout, *files])


def compare_written(comparison):
    for arguments in [], ["--release-name", "--include-crds"], ["--no-hooks"], ["--skip-tests"]:
        theirs, ours = (written(program, arguments) for program in (comparison.helm, comparison.jibe))
        comparison.report(f"--output-dir {' '.join(arguments)}",
                          theirs != ours and diff(theirs.splitlines(), ours.splitlines()))


def write_chart(folder, templates, values="", schema=None):
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: made\nversion: 1.0.0\n")
    (folder / "values.yaml").write_text(values)
    if schema:
        (folder / "values.schema.json").write_text(schema)
    for name, text in templates.items():
        (folder / "templates" / name).write_text(text)


def syntax_cases(scratch):
    for number, line in enumerate((HERE / "syntax.lines").read_text().splitlines()):
        chart = scratch / f"syntax-{number}"
        write_chart(chart, {"line.yaml": f"first: line\n{line}\n"})
        yield f"syntax {line}", ["release", str(chart)]


def schema_cases(scratch):
    for number, line in enumerate((HERE / "schemas.lines").read_text().splitlines()):
        chart = scratch / f"schema-{number}"
        write_chart(chart, {"a.yaml": "a: 1\n"}, "a: 1\nb: x\n", line)
        yield f"schema {line}", ["release", str(chart)]


def expression_cases(scratch, helper, first, count):
    """Random expressions: what renders in charts of many, what fails in a chart of its own."""
    values = (HERE / "expression_values.yaml").read_text()
    texts = [expressions.Expression(seed).text() for seed in range(first, first + count)]
    lines = "".join(json.dumps({"T": text, "V": values}) + "\n" for text in texts)
    _, answers, _ = run(helper, ["lines"], lines)
    batches = [[]]
    for seed, answer in enumerate(answers.splitlines(), first):
        text = texts[seed - first]
        if json.loads(answer)[1]:
            chart = scratch / f"expression-{seed}"
            write_chart(chart, {"a.yaml": text}, values)
            yield f"expression {seed} {text}", ["release", str(chart)]
        else:
            batches[-1].append((seed, text))
            if len(batches[-1]) == 40:
                batches.append([])
    for number, batch in enumerate(batches):
        chart = scratch / f"batch-{first}-{number}"
        defined = "".join('{{ define "e%d" }}%s{{ end }}' % pair for pair in batch)
        used = "".join('e%d: {{ include "e%d" . | b64enc }}\n' % (seed, seed)
                       for seed, _ in batch)
        write_chart(chart, {"_defined.tpl": defined, "a.yaml": used}, values)
        yield f"expressions {[seed for seed, _ in batch]}", ["release", str(chart)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jibe", required=True)
    parser.add_argument("--helper", required=True, help="jibe_render_chart")
    parser.add_argument("--store", action="append", default=[])
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--full", action="store_true", help="the whole matrix of Istio's charts")
    parser.add_argument("--expressions", type=int, default=60, help="how many random ones")
    parser.add_argument("--seed", type=int, default=1, help="of the first one")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    helm = find_helm()
    if helm is None:
        print("skipped: no helm (set HELM)")
        return 77
    stores = [*options.store, *filter(None, os.environ.get("JIBE_CHARTS", "").split(":"))]
    jibe, helper = (str(pathlib.Path(p).resolve()) for p in (options.jibe, options.helper))
    comparison = Comparison(helm, jibe, helper, options.verbose)
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        cases = [*((n, a, True) for n, a in own_cases()),
                 *((n, a, True) for n, a in syntax_cases(scratch)),
                 *((n, a, True) for n, a in schema_cases(scratch)),
                 *((n, a, True) for n, a in expression_cases(scratch, helper, options.seed,
                                                            options.expressions)),
                 *((n, a, False) for n, a in istio_cases(stores, 1 if options.full else 10))]
        cases = [case for case in cases if all(word in case[0] for word in options.only)]
        for name, arguments, _ in cases:
            if arguments is None:
                comparison.skipped.append(name)
                print(f"SKIPPED {name}: no chart store has it")
        comparison.run_all([case for case in cases if case[1] is not None])
    if not options.only:
        compare_written(comparison)
    print(f"{comparison.equal} equal ({comparison.failed_alike} of them fail alike), "
          f"{len(comparison.different)} different, {len(comparison.skipped)} versions skipped")
    return 1 if comparison.different else 0


if __name__ == "__main__":
    sys.exit(main())
