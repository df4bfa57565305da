"""Random template expressions for the comparison with the real helm.

Expression(seed).text() is the text of a template over expression_values.yaml: nested calls of the
functions below with arguments that mostly, not always, have a type that they take. Left out is what
differs from run to run: random values, keys and certificates, the clock, the order of a map's keys.
"""
import random

# Literals and values by what they are.
ATOMS = {
    # a string
    'S': [
        '.Values.s', '.Values.empty', '.Values.space', '.Values.num', '.Values.fnum',
        '.Values.neg', '.Values.oct', '.Values.hex', '.Values.uni', '.Values.multi',
        '.Values.quoted', '.Values.ver', '.Values.date', '.Values.url', '.Values.cam',
        '.Values.csv', '.Values.path', '.Values.yamlish', '.Values.jsonish', '.Values.b64',
        '"abc"', '""', '"a b"', '`raw\\n`', '"\\t\\x41\\u00e9\\n"', '"-"', '","', '"/"', '"a"',
        '"x.y.z"', '.Release.Name', '.Chart.Name', '.Chart.Version', '.Capabilities.KubeVersion',
        '.Capabilities.KubeVersion.Version', '.Template.Name', '"1.2.3"', '"UTC"', '"[a-z]+"',
        '"%d"', '"true"', '"null"', '"1e3"', '"0b11"', '"12345678901234567890"', '"-0"',
        '"Europe/Berlin"', '.Capabilities.HelmVersion.Version', '(.Files.Get "f.txt")',
        '.Release.Namespace', '.Release.Service',
    ],
    # a integer
    'I': [
        '0', '1', '2', '-1', '3', '10', '7', '1000000', '0x1F', '0o17', '0b101', '1_000', "'a'",
        '(len .Values.l)', '(int 5)', '(int64 5)', '(add 1 2)', '.Release.Revision', '100',
        '-9223372036854775808', '9223372036854775807',
    ],
    # a number of the values
    'F': [
        '.Values.i', '.Values.zero', '.Values.negi', '.Values.big', '.Values.huge',
        '.Values.maxi', '.Values.f', '.Values.tiny', '.Values.sci', '.Values.one', '1.5', '-0.0',
        '1e10', '1e-7', '0x1p4', '100000000.0', '(float64 3)', '(divf 1 3)',
    ],
    # a boolean
    'B': [
        'true', 'false', '.Values.t', '.Values.no', '(eq 1 1)', '.Release.IsInstall',
    ],
    # a list
    'L': [
        '.Values.l', '.Values.ls', '.Values.lm', '.Values.le', '.Values.lmix', '.Values.ln',
        '(list)', '(list 1 "a" nil true)', '(list "x" "y")', '(until 3)', '(list 1 2.5 3)',
        '(splitList "," .Values.csv)', '(list (dict "a" 1))', '(untilStep 0 10 3)',
        '(.Files.Lines "f.txt")', '.Capabilities.APIVersions', '(concat .Values.l .Values.ls)',
        '(regexFindAll "[a-z]" "abc1d" -1)', '(toStrings .Values.l)',
    ],
    # a map
    'M': [
        '.Values.m', '.Values.m2', '.Values.me', '.Values.ms', '.Values.mnil', '(dict)',
        '(dict "a" 1 "b" (list 1))', '(dict "k" "v")', '.Values.m.c',
        '(fromYaml .Values.yamlish)', '(fromJson .Values.jsonish)', '(split "," .Values.csv)',
        '(urlParse .Values.url)', '.Values', '.Release', '.Chart', '(dict "b" (dict "c" nil))',
        '.Template', '(splitn "," 2 .Values.csv)',
    ],
    # a nothing, or a mistake
    'N': [
        'nil', '.Values.nil', '.Values.missing', '.Values.mnil.a', '.Values.missing.deeper',
        '.Values.s.x', '(index .Values "nope")', '.Values.l.x', '.Values.m.c.d.e.f',
    ],
    # a version
    'V': [
        '"1.2.3"', '"v1.2"', '"1.27.4-gke.100"', '">=1.2 <2"', '"~1.2.3"', '"^1.2"', '"1.x"',
        '">1.0 || <0.5"', '"1.2 - 1.4"', '"*"', '"!=1.2.3"', '"not"', '">= 1.27.0-0"',
        '.Values.ver', '"01.2.3"', '"1"', '"1.2.3+b"', '"1.2.3-rc.1"', '"=1.2.3"', '"=>1.2"',
        '"^0.2.3"', '"~0"', '"^0"', '">1.2.3-beta, <2"', '"~>1.2"',
    ],
    # a regular expression
    'R': [
        '"[a-z]+"', '"(a)(b)?"', '"^.*$"', '"\\\\d+"', '"["', '"(?i)HELLO"', '"(?P<n>l+)"', '""',
        '"a|b"', '"\\\\bone\\\\b"', '"\\\\s"', '"[^a-z]"', '".{2}"', '"(?m)^line"', '"x*"',
        '"(?s)one.*four"', '"\\\\pL"', '"(?:a)"', '"[[:alpha:]]+"',
    ],
    # a date
    'D': [
        '(toDate "2006-01-02" "2024-03-10")', '0', '1700000000', '(int64 1700000000)',
        '(toDate "2006-01-02T15:04:05Z07:00" "2024-02-29T12:34:56+02:00")',
        '(date_modify "+1h30m" (toDate "2006-01-02" "2024-12-31"))',
    ],
    # a layout of a date
    'Y': [
        '"2006-01-02"', '"Mon Jan _2 15:04:05 2006"', '"02 Jan 06 15:04 MST"',
        '"2006-01-02T15:04Z07:00"', '"Monday, January 2 3:04PM -0700"', '"002 .999 06"',
        '"20060102150405"', '"x2y"',
    ],
    # a format
    'P': [
        '"%d"', '"%s"', '"%v"', '"%+v"', '"%#v"', '"%T"', '"%q"', '"%x"', '"%X"', '"%5d|%-5d"',
        '"%05d"', '"%.2f"', '"%e"', '"%g"', '"%8.3f"', '"%t"', '"%c"', '"%U"', '"%b"', '"%o"',
        '"%%"', '"%z"', '"%d %d"', '"%[2]d %[1]d"', '"%*d"', '"%+d"', '"% d"', '"%#x"', '"% x"',
        '"%10s|%-10s"', '"%.3s"', '"%+q"', '"%#q"', '"%O"', '"%G"', '"%E"', '"%F"', '"%!"', '"%"',
        '"%.f"', '"%6.2f%%"', '"%v %v"', '"%[3]v"', '"%s-%d"', '"%#o"', '"%#U"', '"%08.3f"',
        '"%+.2e"', '"%-08d|"', '"%x %X"', '"%03s"', '"%-5t|"', '"%6v|"', '"%.2v"', '"% q"',
        '"%+s"', '"%.0f"', '"%#g"', '"%.3g"', '"%w"',
    ],
}
TEMPLATES = [
    '"{{ . }}"', '"x{{ .s }}y"', '"{{ .Values.s | upper }}"', '"{{ $ }}"',
    '"{{ .Template.Name }}"', '"{{ if }}"', '"{{ include `nope` . }}"', '"plain"',
    '"{{ .a.b.c }}"', '"{{ .missing }}"',
]
# Name → what its parameters are, by the letters above, and what it gives. A: anything; i: a small
# integer; C: something with a length; K: an index; N: a number or nearly; T: one of TEMPLATES; a *
# repeats the letter before it.
FUNCTIONS = {
    'and': ('AA*', 'A'), 'or': ('AA*', 'A'), 'not': ('A', 'B'), 'len': ('C', 'I'),
    'index': ('CK*', 'A'), 'print': ('A*', 'S'), 'printf': ('PA*', 'S'), 'println': ('A*', 'S'),
    'html': ('A', 'S'), 'js': ('A', 'S'), 'urlquery': ('A', 'S'), 'eq': ('AA*', 'B'),
    'ne': ('AA', 'B'), 'lt': ('NN', 'B'), 'le': ('NN', 'B'), 'gt': ('NN', 'B'), 'ge': ('NN', 'B'),
    'abbrev': ('IS', 'S'), 'abbrevboth': ('IIS', 'S'), 'trunc': ('IS', 'S'), 'trim': ('S', 'S'),
    'upper': ('S', 'S'), 'lower': ('S', 'S'), 'title': ('S', 'S'), 'untitle': ('S', 'S'),
    'substr': ('IIS', 'S'), 'repeat': ('iS', 'S'), 'trimall': ('SS', 'S'), 'trimAll': ('SS', 'S'),
    'trimSuffix': ('SS', 'S'), 'trimPrefix': ('SS', 'S'), 'nospace': ('S', 'S'),
    'initials': ('S', 'S'), 'swapcase': ('S', 'S'), 'snakecase': ('S', 'S'),
    'camelcase': ('S', 'S'), 'kebabcase': ('S', 'S'), 'wrap': ('iS', 'S'),
    'wrapWith': ('iSS', 'S'), 'contains': ('SS', 'B'), 'hasPrefix': ('SS', 'B'),
    'hasSuffix': ('SS', 'B'), 'quote': ('A*', 'S'), 'squote': ('A*', 'S'), 'cat': ('A*', 'S'),
    'indent': ('iS', 'S'), 'nindent': ('iS', 'S'), 'replace': ('SSS', 'S'),
    'plural': ('SSI', 'S'), 'sha1sum': ('S', 'S'), 'sha256sum': ('S', 'S'),
    'sha512sum': ('S', 'S'), 'adler32sum': ('S', 'S'), 'toString': ('A', 'S'), 'atoi': ('S', 'I'),
    'int64': ('A', 'I'), 'int': ('A', 'I'), 'float64': ('A', 'F'), 'seq': ('i*', 'S'),
    'toDecimal': ('A', 'I'), 'split': ('SS', 'M'), 'splitList': ('SS', 'L'),
    'splitn': ('SIS', 'M'), 'toStrings': ('A', 'L'), 'until': ('i', 'L'),
    'untilStep': ('iii', 'L'), 'add1': ('N', 'I'), 'add': ('N*', 'I'), 'sub': ('NN', 'I'),
    'div': ('NN', 'I'), 'mod': ('NN', 'I'), 'mul': ('NN*', 'I'), 'add1f': ('N', 'F'),
    'addf': ('N*', 'F'), 'subf': ('NN*', 'F'), 'divf': ('NN*', 'F'), 'mulf': ('NN*', 'F'),
    'biggest': ('NN*', 'I'), 'max': ('NN*', 'I'), 'min': ('NN*', 'I'), 'maxf': ('NN*', 'F'),
    'minf': ('NN*', 'F'), 'ceil': ('N', 'F'), 'floor': ('N', 'F'), 'round': ('Ni', 'F'),
    'join': ('SA', 'S'), 'sortAlpha': ('A', 'L'), 'default': ('AA', 'A'), 'empty': ('A', 'B'),
    'coalesce': ('A*', 'A'), 'all': ('A*', 'B'), 'any': ('A*', 'B'), 'compact': ('L', 'L'),
    'mustCompact': ('L', 'L'), 'fromJson': ('S', 'M'), 'toJson': ('A', 'S'),
    'toPrettyJson': ('A', 'S'), 'toRawJson': ('A', 'S'), 'mustFromJson': ('S', 'A'),
    'mustToJson': ('A', 'S'), 'mustToPrettyJson': ('A', 'S'), 'mustToRawJson': ('A', 'S'),
    'ternary': ('AAB', 'A'), 'deepCopy': ('A', 'A'), 'mustDeepCopy': ('A', 'A'),
    'typeOf': ('A', 'S'), 'typeIs': ('SA', 'B'), 'typeIsLike': ('SA', 'B'), 'kindOf': ('A', 'S'),
    'kindIs': ('SA', 'B'), 'deepEqual': ('AA', 'B'), 'base': ('S', 'S'), 'dir': ('S', 'S'),
    'clean': ('S', 'S'), 'ext': ('S', 'S'), 'isAbs': ('S', 'B'), 'osBase': ('S', 'S'),
    'osClean': ('S', 'S'), 'osDir': ('S', 'S'), 'osExt': ('S', 'S'), 'osIsAbs': ('S', 'B'),
    'b64enc': ('S', 'S'), 'b64dec': ('S', 'S'), 'b32enc': ('S', 'S'), 'b32dec': ('S', 'S'),
    'tuple': ('A*', 'L'), 'list': ('A*', 'L'), 'dict': ('SASA', 'M'), 'get': ('MS', 'A'),
    'set': ('MSA', 'M'), 'unset': ('MS', 'M'), 'hasKey': ('MS', 'B'), 'pluck': ('SM*', 'L'),
    'pick': ('MS*', 'M'), 'omit': ('MS*', 'M'), 'merge': ('MM*', 'M'),
    'mergeOverwrite': ('MM*', 'M'), 'mustMerge': ('MM*', 'M'), 'mustMergeOverwrite': ('MM*', 'M'),
    'append': ('LA', 'L'), 'push': ('LA', 'L'), 'mustAppend': ('LA', 'L'),
    'mustPush': ('LA', 'L'), 'prepend': ('LA', 'L'), 'mustPrepend': ('LA', 'L'),
    'first': ('L', 'A'), 'mustFirst': ('L', 'A'), 'rest': ('L', 'L'), 'mustRest': ('L', 'L'),
    'last': ('L', 'A'), 'mustLast': ('L', 'A'), 'initial': ('L', 'L'), 'mustInitial': ('L', 'L'),
    'reverse': ('L', 'L'), 'mustReverse': ('L', 'L'), 'uniq': ('L', 'L'), 'mustUniq': ('L', 'L'),
    'without': ('LA*', 'L'), 'mustWithout': ('LA*', 'L'), 'has': ('AL', 'B'),
    'mustHas': ('AL', 'B'), 'slice': ('LI*', 'A'), 'mustSlice': ('LI*', 'A'),
    'concat': ('L*', 'L'), 'dig': ('SSAM', 'A'), 'chunk': ('iL', 'L'), 'mustChunk': ('iL', 'L'),
    'semver': ('V', 'A'), 'semverCompare': ('VV', 'B'), 'regexMatch': ('RS', 'B'),
    'mustRegexMatch': ('RS', 'B'), 'regexFindAll': ('RSI', 'L'), 'mustRegexFindAll': ('RSI', 'L'),
    'regexFind': ('RS', 'S'), 'mustRegexFind': ('RS', 'S'), 'regexReplaceAll': ('RSS', 'S'),
    'mustRegexReplaceAll': ('RSS', 'S'), 'regexReplaceAllLiteral': ('RSS', 'S'),
    'mustRegexReplaceAllLiteral': ('RSS', 'S'), 'regexSplit': ('RSI', 'L'),
    'mustRegexSplit': ('RSI', 'L'), 'regexQuoteMeta': ('S', 'S'), 'urlParse': ('S', 'M'),
    'urlJoin': ('M', 'S'), 'date': ('YD', 'S'), 'date_in_zone': ('YDS', 'S'),
    'dateInZone': ('YDS', 'S'), 'htmlDate': ('D', 'S'), 'htmlDateInZone': ('DS', 'S'),
    'date_modify': ('SD', 'D'), 'dateModify': ('SD', 'D'), 'mustDateModify': ('SD', 'D'),
    'duration': ('A', 'S'), 'durationRound': ('A', 'S'), 'toDate': ('YS', 'D'),
    'mustToDate': ('YS', 'D'), 'unixEpoch': ('D', 'S'), 'toYaml': ('A', 'S'),
    'mustToYaml': ('A', 'S'), 'toYamlPretty': ('A', 'S'), 'fromYaml': ('S', 'M'),
    'fromYamlArray': ('S', 'L'), 'toToml': ('M', 'S'), 'mustToToml': ('M', 'S'),
    'fromToml': ('S', 'M'), 'fromJsonArray': ('S', 'L'), 'required': ('SA', 'A'),
    'fail': ('S', 'S'), 'lookup': ('SSSS', 'M'), 'tpl': ('TA', 'S'), 'hello': ('', 'S'),
}
GIVING = {}
for _name, (_parameters, _result) in FUNCTIONS.items():
    GIVING.setdefault(_result, []).append(_name)
ANY = "SIFBLMN"
FRAMES = [
    "{{ %s }}", "{{ %s | toJson }}", '{{ printf "%%T %%v %%#v" %s 1 "x" }}', "{{ %s | toYaml }}",
    "{{ if %s }}T{{ else }}F{{ end }}",
    "{{ range $k, $v := %s }}{{ $k }}={{ $v }};{{ else }}none{{ end }}",
    "{{ with %s }}[{{ . }}]{{ else with 3 }}{{ . }}{{ end }}",
    "{{ $x := %s }}{{ $x }} {{ kindOf $x }} {{ $x | quote }}", "{{ (%s).a }}",
]


class Expression:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self):
        name = self.random.choice(list(FUNCTIONS))
        return self.random.choice(FRAMES) % self.call(name, self.random.choice([1, 1, 2, 3]))

    def value(self, kind, depth):
        choice = self.random.choice
        if self.random.random() < 0.06:
            kind = choice(ANY)
        kind = choice({"A": ANY + "SFLM", "C": "LLMS", "K": "SSI", "N": "IFFISN"}.get(kind, kind))
        if kind == "T":
            return choice(TEMPLATES)
        if kind == "i":
            return choice(["0", "1", "2", "3", "-1", "5", "12"])
        if kind in "VRYPD" or kind not in GIVING or depth <= 0 or self.random.random() < 0.35:
            return choice(ATOMS[kind])
        return self.call(choice(GIVING[kind] + GIVING["A"][:3]), depth)

    def arguments(self, name, depth):
        kinds, out = FUNCTIONS[name][0], []
        for at, kind in enumerate(kinds):
            if kind == "*":
                continue
            repeated = kinds[at + 1:at + 2] == "*"
            for _ in range(self.random.choice([0, 1, 1, 2, 3]) if repeated else 1):
                out.append(self.value(kind, depth - 1))
        if out and self.random.random() < 0.015:
            out.pop()
        return out

    def call(self, name, depth):
        arguments = self.arguments(name, depth)
        if arguments and self.random.random() < 0.3:
            return "(%s | %s)" % (arguments[-1], " ".join([name, *arguments[:-1]]))
        return "(%s)" % " ".join([name, *arguments])
