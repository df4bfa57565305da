"""CustomResourceDefinitions: jibe's own, and one with everything a schema can say."""
import json

from .harness import columns, contains, equals, eventually, expect

AGE = r"\d+[smh]\w*"
WIDGETS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.ex.io}
spec:
  group: ex.io
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wi], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}
    additionalPrinterColumns:
    - {name: Size, type: integer, jsonPath: .spec.size}
    - {name: When, type: date, jsonPath: .spec.when}
    - {name: Color, type: string, jsonPath: .spec.color, priority: 1}
    - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: {type: integer, minimum: 1, maximum: 10}
              replicas: {type: integer, default: 2}
              color: {type: string, enum: [red, green], default: red}
              when: {type: string, format: date-time}
              list: {type: array, maxItems: 2, items: {type: string, pattern: '^[a-z]+$'}}
              free: {type: object, x-kubernetes-preserve-unknown-fields: true}
              share: {x-kubernetes-int-or-string: true}
              map: {type: object, additionalProperties: {type: integer}}
              set: {type: array, x-kubernetes-list-type: set, items: {type: string}}
              byKey:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [k]
                items: {type: object, required: [k], properties: {k: {type: string}}}
          status:
            type: object
            properties:
              replicas: {type: integer}
              conditions:
                type: array
                items: {type: object, x-kubernetes-preserve-unknown-fields: true}
"""
INVALID = (
    ("{size: 11}", "spec.size: Invalid value: 11: spec.size in body should be less than or equal "
     "to 10"),
    ("{}", "spec.size: Required value"),
    ('{size: "3"}', 'spec.size: Invalid value: "string": spec.size in body must be of type integer:'
     ' "string"'),
    ("{size: 1, color: blue}", 'spec.color: Unsupported value: "blue": supported values: "red", '
     '"green"'),
    ("{size: 1, list: [a, b, c]}", "spec.list: Too many: 3: must have at most 2 items"),
    ("{size: 1, list: [A]}", "spec.list[0]: Invalid value: \"A\": spec.list[0] in body should match "
     "'^[a-z]+$'"),
    ("{size: 1, when: yesterday}", 'spec.when: Invalid value: "yesterday": spec.when in body must '
     'be of type date-time: "yesterday"'),
    ("{size: 1, set: [a, a]}", 'spec.set[1]: Duplicate value: "a"'),
    ("{size: 1, byKey: [{k: a}, {k: a}]}", 'spec.byKey[1]: Duplicate value: {"k":"a"}'),
    ("{size: 1, map: {a: x}}", 'spec.map.a: Invalid value: "string": spec.map.a in body must be of '
     'type integer: "string"'),
    ("{size: 1, share: true}", 'spec.share: Invalid value: "boolean": spec.share in body must be of '
     'type integer,string: "boolean"'))


def widget(name, spec):
    return f"{{apiVersion: ex.io/v1, kind: Widget, metadata: {{name: {name}}}, spec: {spec}}}"


def definitions(k):
    equals(k.apply(WIDGETS),
           "customresourcedefinition.apiextensions.k8s.io/widgets.ex.io created\n")
    k("wait --for=condition=Established crd/widgets.ex.io --timeout=10s")
    contains(k("get crd"), r"^NAME +CREATED AT$", r"^widgets.ex.io +\d{4}-")
    contains(k("api-resources --api-group=ex.io"), r"^widgets +wi +ex.io/v1 +true +Widget$")
    equals(k.apply(widget("a", "{size: 3, when: '2020-01-01T00:00:00Z', free: {x: 1}, share: 5%}")),
           "widget.ex.io/a created\n")
    spec = k.json("get widget a")["spec"]
    equals((spec["color"], spec["replicas"], spec["free"]), ("red", 2, {"x": 1}))
    for text, message in INVALID:
        equals(k.fails("apply -f -", widget("b", text)), f'The Widget "b" is invalid: {message}')
    contains(k.fails("apply -f -", widget("b", "{size: 1, what: x}")), r"^Error from server "
             r'\(BadRequest\): .* strict decoding error: unknown field "spec.what"$')
    k.apply(widget("b", "{size: 1, what: x}"), "--validate=false")
    expect("what" not in k.json("get widget b")["spec"], "it was not pruned")
    contains(k.fails(["patch", "wi", "a", "-p", "{}"]), r"^error: application/strategic-merge-patch"
             r"\+json is not supported by ex.io/v1, Kind=Widget: ")
    subresources(k)
    contains(k("explain widget.spec.byKey"), r"^FIELD: byKey <\[\]Object>$", r"^  k\t<string> -req")
    contains(k("explain wi --recursive"), r"^    color\t<string>$")
    refused(k)
    k("delete crd widgets.ex.io --timeout=20s")
    contains(k.fails("get wi"), r"the server (could not find the requested resource|doesn't have a)")


def subresources(k):
    equals(k("scale widget a --replicas=5"), "widget.ex.io/a scaled\n")
    equals(k.json("get widget a")["spec"]["replicas"], 5)
    k(["patch", "widget", "a", "--type=merge", "--subresource=status", "-p", json.dumps(
        {"status": {"conditions": [{"type": "Ready", "status": "True"}]}, "spec": {"size": 9}})])
    k(["patch", "widget", "a", "--type=merge", "-p", '{"status":{"replicas":7}}'])
    live = k.json("get widget a")
    equals((live["spec"]["size"], live["status"].get("replicas")), (3, None))
    equals(live["metadata"]["generation"], 2)
    columns(k("get wi"), "NAME|SIZE|WHEN|READY", r"a|3|\d+y\w*|True", r"b|1")
    columns(k("get wi -o wide"), "NAME|SIZE|WHEN|COLOR|READY", r"a|3|\d+y\w*|red|True")
    contains(k("get all"), r"^widget.ex.io/a +3 ")
    contains(k("describe wi a"), r"^Kind: +Widget$", r"^  Size: +3$", r"^    Status: +True$")
    k("wait --for=condition=Ready widget/a --timeout=10s")
    contains(k("edit wi b", EDITOR=k.script("grow", "sed -i 's/size: 1/size: 2/' $1\n")),
             r"^widget.ex.io/b edited$")


def refused(k):
    for old, new, message in (
            ("type: integer, minimum: 1", "minimum: 1", r"properties\[spec\].properties\[size\]"
             r".type: Required value: must not be empty for specified object fields"),
            ("default: red", "default: blue", r"properties\[color\].default: Unsupported value: "
             r'"blue": supported values: "red", "green"'),
            ("default: 2", "default: two", r"properties\[replicas\].default: Invalid value: "
             r'"string": .* must be of type integer: "string"'),
            ("storage: true", "storage: false", r"must have exactly one version marked as storage"),
            ("scope: Namespaced", "scope: World", r'spec.scope: Unsupported value: "World"')):
        text = WIDGETS.replace("ex.io", "ex2.io").replace(old, new, 1)
        contains(k.fails("apply -f -", text), message)
    contains(k.fails("apply -f -", WIDGETS.replace("name: widgets.ex.io", "name: x.ex.io")),
             r'metadata.name: Invalid value: "x.ex.io": must be spec.names.plural\+"."\+spec.group$')


def managers(k):
    """The resources that users of jibe write, without a server that acts on them."""
    contains(k(f"apply -f {k.twin.options.crds}"),
             r"istiolifecyclemanagers.admin.gloo.solo.io created$")
    k("wait --for=condition=Established crd --all --timeout=20s")
    contains(k("api-resources"), r"^istiolifecyclemanagers +ilm +admin.gloo.solo.io/v2 +true ",
             r"^gatewaylifecyclemanagers +glm ", r"^istiooperators +iop,io +install.istio.io/v1alpha1 ",
             r"^virtualgateways +vg +networking.gloo.solo.io/v2 ")
    manager = """
apiVersion: admin.gloo.solo.io/v2
kind: IstioLifecycleManager
metadata: {name: istiod-control-plane}
spec:
  installations:
  - revision: 1-15
    clusters: [{name: cluster-1, defaultRevision: false}]
    istioOperatorSpec: {profile: minimal}
"""
    contains(k.fails("apply -f -", manager.replace("revision: 1-15", "revision: 1-15\n    x: 1")),
             r'strict decoding error: unknown field "spec.installations\[0\].x"$')
    contains(k.fails("apply -f -", manager.replace("false", '"no"')), r"defaultRevision in body must "
             r'be of type boolean: "string"$')
    equals(k.apply(manager), "istiolifecyclemanager.admin.gloo.solo.io/istiod-control-plane created\n")
    columns(k("get ilm"), "NAME|REVISIONS|CLUSTERS|HEALTHY|STATE|AGE",
            rf"istiod-control-plane|{AGE}")
    contains(k("describe ilm istiod-control-plane"), r"^      Default Revision: +false$")
    contains(k("explain ilm.spec.installations.clusters"), r"^  defaultRevision\t<boolean>$")
    contains(k("edit IstioLifecycleManager istiod-control-plane", EDITOR=k.script(
        "activate", "sed -i 's/defaultRevision: false/defaultRevision: true/' $1\n")), r" edited$")
    equals(k("get ilm -o jsonpath='{.items[0].spec.installations[0].clusters[0].defaultRevision}'"),
           "true")
    k(["patch", "ilm", "istiod-control-plane", "--type=merge", "--subresource=status", "-p",
       '{"status":{"summary":{"revisions":"1-15","clusters":1,"state":"HEALTHY"}}}'])
    contains(k("get ilm"), r"^istiod-control-plane +1-15 +1 +HEALTHY ")
    k("delete ilm istiod-control-plane --timeout=10s")
    eventually("none", lambda: k("get ilm -o name") == "")


managers.context = "mgmt"
CASES = [definitions, managers]
