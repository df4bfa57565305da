"""Commands that change objects: apply, diff, label, annotate, edit, patch, replace, delete."""
import json

from .harness import contains, equals, eventually, expect
from .reading import WEB

CONFLICT = r'^error: Apply failed with 1 conflict: conflict with "{}": \.spec\.replicas$'


def applying(k):
    equals(k.apply(WEB, "--dry-run=client"), "deployment.apps/web created (dry run)\n")
    equals(k.apply(WEB, "--dry-run=server"), "deployment.apps/web created (server dry run)\n")
    equals(k("get deploy -o name"), "")
    contains(k.both("diff -f -", WEB, code=1)[0], r"^\+  replicas: 2$")
    equals(k.apply(WEB), "deployment.apps/web created\n")
    equals(k.apply(WEB), "deployment.apps/web unchanged\n")
    equals(k("diff -f -", WEB), "")
    three = WEB.replace("replicas: 2", "replicas: 3")
    contains(k.both("diff -f -", three, code=1)[0], r"^-  replicas: 2$", r"^\+  replicas: 3$",
             r"^-  generation: 1$", r"^\+  generation: 2$")
    equals(k.apply(three), "deployment.apps/web configured\n")
    contains(k("apply view-last-applied deploy web"), r"^  replicas: 3$")
    equals(k.apply(three, "--server-side"), "deployment.apps/web serverside-applied\n")
    contains(k.fails("apply --server-side --field-manager=other -f -", WEB),
             CONFLICT.format("kubectl"))
    k.apply(WEB, "--server-side --field-manager=other --force-conflicts")
    equals(k.json("get deploy web")["spec"]["replicas"], 2)
    contains(k.fails("apply --server-side -f -", three), CONFLICT.format("other"))
    k("scale deploy web --replicas=1")
    contains(k.fails("apply --server-side --field-manager=other -f -", WEB),
             r'conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas$')
    owners = k.json("get deploy web --show-managed-fields")["metadata"]["managedFields"]
    expect({"manager": "other", "operation": "Apply"}.items() <= owners[1].items() or any(
        o["manager"] == "other" and o["operation"] == "Apply" for o in owners), owners)


def refusals(k):
    k.apply(WEB)
    typo, word = WEB.replace("image:", "imag:"), WEB.replace("replicas: 2", "replicas: two")
    contains(k.fails("apply -f -", typo), r"^The request is invalid: patch: Invalid value: \"map\[.*"
             r'strict decoding error: unknown field "spec\.template\.spec\.containers\[0\]\.imag"$')
    out, err = k.both("apply --validate=warn -f -", typo, code=1)
    contains(err, r'^Warning: unknown field "spec\.template\.spec\.containers\[0\]\.imag"$',
             r'^The Deployment "web" is invalid: spec.template.spec.containers\[0\].image: Required '
             r"value$")
    contains(k.fails("apply -f -", word), r": unrecognized type: int32$")
    contains(k.fails(["patch", "deploy", "web", "-p", '{"metadata":{"labels":{"a":1}}}']),
             r": cannot convert int64 to string$")
    equals(k.fails("apply --server-side -f -", typo),
           "Error from server: failed to create typed patch object "
           f"({k.namespace}/web; apps/v1, Kind=Deployment): "
           '.spec.template.spec.containers[name="c"].imag: field not declared in schema')
    other = WEB.replace("name: web,", "name: new,")
    equals(k.fails("create -f -", other.replace("replicas: 2", "replicas: two")),
           'Error from server (BadRequest): error when creating "STDIN": Deployment in version '
           '"v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct '
           "field DeploymentSpec.spec.replicas of type int32")
    equals(k.fails("create -f -", other.replace("image:", "imag:")),
           'Error from server (BadRequest): error when creating "STDIN": Deployment in version '
           '"v1" cannot be handled as a Deployment: strict decoding error: unknown field '
           '"spec.template.spec.containers[0].imag"')
    equals(k.fails("apply -f -", WEB.replace("app: web}}", "app: other}}")),
           'The Deployment "web" is invalid: spec.selector: Invalid value: '
           '{"matchLabels":{"app":"other"}}: field is immutable')
    equals(k.fails("apply -f -", other.replace("{matchLabels: {app: web}}", "{}")).split(": ", 1)[0],
           'The Deployment "new" is invalid')
    contains(k.fails("apply -f -", "apiVersion: v1\nkind: Foo\nmetadata: {name: x}\n"),
             r'no matches for kind "Foo" in version "v1"$')
    contains(k.fails("create cm X_y"), r"a lowercase RFC 1123 subdomain must consist of lower case")
    contains(k.fails("create ns x_y"), r"a lowercase RFC 1123 label must consist of lower case")
    contains(k.fails("create cm x -n no-namespace"), r'namespaces "no-namespace" not found$')
    equals(k.fails("create -f -", WEB), 'Error from server (AlreadyExists): error when creating '
           '"STDIN": deployments.apps "web" already exists')


def labelling(k):
    ns = k.namespace
    equals(k(f"label ns {ns} istio-injection=enabled"), f"namespace/{ns} labeled\n")
    equals(k.fails(f"label ns {ns} istio-injection=disabled"),
           "error: 'istio-injection' already has a value (enabled), and --overwrite is false")
    equals(k(f"label ns {ns} istio-injection=disabled --overwrite"), f"namespace/{ns} labeled\n")
    equals(k(f"label ns {ns} istio-injection=disabled"), f"namespace/{ns} not labeled\n")
    contains(k(f"get ns {ns} --show-labels"),
             rf"istio-injection=disabled,kubernetes.io/metadata.name={ns}$")
    contains(k(f"get ns -l istio-injection=disabled -L istio-injection"),
             r"^NAME +STATUS +AGE +ISTIO-INJECTION$", rf"^{ns} +Active +\S+ +disabled$")
    equals(k(f"label ns {ns} istio-injection-"), f"namespace/{ns} unlabeled\n")
    equals(k.fails("label ns istio.io/injection=enabled"),
           "error: resource(s) were provided, but no name was specified")
    contains(k.fails(f"label ns {ns} bad_key!=x"), r"is not a valid label|Invalid value|invalid label")
    contains(k.fails(f"label ns {ns} a=b_"), r"invalid label value|Invalid value")
    equals(k(f"annotate ns {ns} note=text"), f"namespace/{ns} annotated\n")
    equals(k.json(f"get ns {ns}")["metadata"]["annotations"], {"note": "text"})
    equals(k(f"annotate ns {ns} note-"), f"namespace/{ns} annotated\n")
    k("create cm a")
    k("create cm b")
    equals(k("label cm a b x=y"), "configmap/a labeled\nconfigmap/b labeled\n")
    equals(k("get cm -l x=y -o name"), "configmap/a\nconfigmap/b\n")
    contains(k("label cm --all z=1 --dry-run=server"), r"^configmap/a labeled \(server dry run\)$")
    equals(k.fails("label cm a kubernetes.io/x=y --resource-version=1"),
           'Error from server (Conflict): Operation cannot be fulfilled on configmaps "a": the '
           "object has been modified; please apply your changes to the latest version and try again")


def editing(k):
    k("create cm cfg --from-literal=a=b")
    k.apply(WEB)
    once = "n=$(cat count 2>/dev/null || echo 0); echo $((n+1)) >count; cp \"$1\" seen.$n\n"
    editor = k.script("plain", "sed -i 's/a: b/a: edited/' \"$1\"\n")
    equals(k("edit cm cfg", EDITOR=editor), "configmap/cfg edited\n")
    equals(k.both("edit cm cfg", EDITOR=editor)[1], "Edit cancelled, no changes made.\n")
    editor = k.script("invalid", once + """
[ "$n" = 0 ] && sed -i 's/replicas: 2/replicas: -4/' "$1"
[ "$n" = 1 ] && sed -i 's/replicas: -4/replicas: 3/' "$1"
exit 0
""")
    out, err = k.both("edit deploy web", EDITOR=editor)
    equals(out, "deployment.apps/web edited\n")
    contains(err, r'^error: deployments.apps "web" is invalid$')
    contains((k.folder / "seen.1").read_text(), r'^# deployments.apps "web" was not valid:$',
             r"^# \* spec.replicas: Invalid value: -4: must be greater than or equal to 0$")
    equals(k.json("get deploy web")["spec"]["replicas"], 3)
    editor = k.script("racing", f"""
{k.kubectl_line()} label cm cfg else=where >/dev/null
sed -i 's/a: edited/a: mine/' "$1"
""")
    k("edit cm cfg", EDITOR=editor)
    cm = k.json("get cm cfg")
    equals(cm["data"], {"a": "mine"})
    equals(cm["metadata"]["labels"], {"else": "where"})
    editor = k.script("stale", once.replace("count", "count2").replace("seen", "stale") + """
[ "$n" = 0 ] && sed -i 's/resourceVersion: .*/resourceVersion: "1"/; s/a: mine/a: late/' "$1"
exit 0
""")
    contains(k.both("edit cm cfg", EDITOR=editor, code=None)[1], r"object has been modified")
    equals(k.json("get cm cfg")["data"], {"a": "mine"})


def patching(k):
    k.apply(WEB)

    def patch(body, kind="strategic", more=""):
        return ["patch", "deploy", "web", f"--type={kind}", "-p", json.dumps(body), *more.split()]

    env = {"spec": {"template": {"spec": {"containers": [
        {"name": "c", "env": [{"name": "X", "value": "y"}]}]}}}}
    equals(k(patch(env)), "deployment.apps/web patched\n")
    # kubectl compares whole objects: this needs one that no controller writes to.
    k("create cm quiet")
    for change in ("", " (no change)"):
        equals(k(["patch", "cm", "quiet", "-p", '{"data":{"a":"b"}}']),
               f"configmap/quiet patched{change}\n")
    container = k.json("get deploy web")["spec"]["template"]["spec"]["containers"][0]
    equals((container["image"], container["env"]), ("nginx:1", [{"name": "X", "value": "y"}]))
    k(patch({"spec": {"template": {"spec": {"containers": [
        {"name": "d", "image": "i"}, {"name": "c", "$patch": "delete"}]}}}}))
    equals([c["name"] for c in k.json("get deploy web")["spec"]["template"]["spec"]["containers"]],
           ["d"])
    k(patch([{"op": "replace", "path": "/spec/replicas", "value": 1}], "json"))
    for bad in ([{"op": "test", "path": "/spec/replicas", "value": 7}],
                [{"op": "remove", "path": "/spec/none"}]):
        equals(k.fails(patch(bad, "json")), "The request is invalid: the server rejected our "
               "request due to an error in our request")
    k(patch({"metadata": {"labels": {"z": "1", "app": None}}}, "merge"))
    equals(k.json("get deploy web")["metadata"]["labels"], {"z": "1"})
    equals(k.fails(patch({"spec": {"replicas": -1}}, "merge")),
           'The Deployment "web" is invalid: spec.replicas: Invalid value: -1: must be greater '
           "than or equal to 0")
    equals(k(patch({"spec": {"replicas": 2}}, "merge", "--subresource=scale")),
           "scale.autoscaling/web patched\n")
    k("rollout status deploy/web --timeout=30s")
    k(patch({"status": {"conditions": [{"type": "Mine", "status": "True"}]},
             "spec": {"replicas": 9}}, "strategic", "--subresource=status"))
    deployment = k.json("get deploy web")
    equals(deployment["spec"]["replicas"], 2)
    contains(k.fails(patch({"spec": {"replicas": "x"}})), r"unrecognized type: int32$")


def replacing(k):
    k.apply(WEB)
    k("rollout status deploy/web --timeout=30s")
    live = k.json("get deploy web")
    live["spec"]["replicas"] = 1
    equals(k("replace -f -", json.dumps(live)), "deployment.apps/web replaced\n")
    live["spec"]["replicas"] = 4
    contains(k.fails("replace -f -", json.dumps(dict(live, metadata=dict(
        live["metadata"], resourceVersion="1")))), r"^Error from server \(Conflict\).*"
        r'Operation cannot be fulfilled on deployments.apps "web": the object has been modified')
    uid = k.json("get deploy web")["metadata"]["uid"]
    contains(k("replace --force -f -", WEB), r"^deployment.apps/web replaced$")
    expect(k.json("get deploy web")["metadata"]["uid"] != uid, "it was not replaced")
    contains(k.fails("replace -f -", WEB.replace("name: web,", "name: none,")),
             r'deployments.apps "none" not found$')
    k("create cm cfg --from-literal=a=b")
    path = f"/api/v1/namespaces/{k.namespace}/configmaps/cfg"
    contains(k.fails(f"replace --raw {path}?dryRun=x -f -", '{"metadata":{"name":"cfg"}}'),
             r'^The UpdateOptions "" is invalid: dryRun: Unsupported value: "x": supported values:')
    contains(k.fails(f"replace --raw {path} -f -", '{"metadata":{"name":"other"}}'),
             r"the name of the object \(other\) does not match the name on the URL \(cfg\)")
    contains(k.fails(f"delete --raw {path} -f -", '{"preconditions":{"uid":"x"}}'),
             r"Precondition failed: UID in precondition: x, UID in object meta: ")


def deleting(k):
    ns = k.namespace
    k.apply(WEB)
    k("rollout status deploy/web --timeout=30s")
    equals(k.fails("delete deploy none"),
           'Error from server (NotFound): deployments.apps "none" not found')
    equals(k("delete deploy none --ignore-not-found"), "")
    k("delete deploy web --cascade=orphan")
    contains(k("get rs,pods -l app=web -o name"), r"^replicaset.apps/web-", r"^pod/web-")
    k("delete rs -l app=web --cascade=foreground --timeout=30s")
    equals(k("get rs,pods -l app=web -o name"), "")
    k.apply(WEB)
    k("rollout status deploy/web --timeout=30s")
    k("delete deploy web --cascade=background")
    eventually("no pods", lambda: k("get rs,pods -o name") == "")
    k.apply("{apiVersion: v1, kind: Pod, metadata: {name: slow}, spec: {containers: [{name: c, "
            "image: nginx, lifecycle: {preStop: {sleep: {seconds: 15}}}}]}}")
    k("wait --for=condition=Ready pod/slow --timeout=30s")
    k("delete pod slow --grace-period=20 --wait=false")
    contains(k("get pod slow"), r"^slow +1/1 +Terminating ")
    equals(k.json("get pod slow")["metadata"]["deletionGracePeriodSeconds"], 20)
    out, err = k.both("delete pod slow --grace-period=0 --force")
    contains(err, r"^Warning: Immediate deletion does not wait for confirmation")
    equals(k("get pods -o name"), "")
    for name in ("a", "b"):
        k(f"create cm {name}")
        k(f"label cm {name} del=yes")
    contains(k("delete cm -l del=yes --dry-run=server"), r'^configmap "a" deleted.*server dry run')
    k("delete cm -l del=yes")
    equals(k("get cm -l del=yes -o name"), "")
    k("create cm c")
    contains(k("delete cm --all"), r'^configmap "c" deleted')
    equals(k.fails("delete deploy"), "error: resource(s) were provided, but no name was specified")
    for name in ("default", "kube-system"):
        contains(k.fails(f"delete ns {name}"), r"^Error from server \(Forbidden\): namespaces "
                 f'"{name}" is forbidden: this namespace may not be deleted$')
    expect(ns in k("get ns -o name"), "the namespace is gone")


def finalizers(k):
    ns = k.namespace
    held = "{apiVersion: v1, kind: ConfigMap, metadata: {name: held, finalizers: [ex.io/hold]}}"
    k.apply(held)
    k("delete cm held --wait=false")
    expect("deletionTimestamp" in k.json("get cm held")["metadata"], "it is not terminating")
    contains(k.fails("delete cm held --timeout=1s"), r"timed out waiting for the condition on "
             r"configmaps/held$")
    contains(k.both("apply -f -", held)[1], r"^Warning: Detected changes to resource held which is "
             r"currently being deleted\.$")
    k(f"delete ns {ns} --wait=false")
    contains(k(f"get ns {ns}"), rf"^{ns} +Terminating ")
    eventually("the reason", lambda: "Some resources are remaining: configmaps. has 1 resource "
               "instances" in k(f"describe ns {ns}"))
    contains(k(f"describe ns {ns}"), r"NamespaceFinalizersRemaining +True .* Some content in the "
             r"namespace has finalizers remaining: ex.io/hold in 1 resource instances")
    contains(k.fails("create cm late"), rf'configmaps "late" is forbidden: unable to create new '
             rf"content in namespace {ns} because it is being terminated$")
    k(["patch", "cm", "held", "--type=merge", "-p", '{"metadata":{"finalizers":null}}'])
    k(f"wait --for=delete ns/{ns} --timeout=20s")
    equals(k.fails(f"get ns {ns}"), f'Error from server (NotFound): namespaces "{ns}" not found')


CASES = [deleting, applying, refusals, labelling, editing, patching, replacing, finalizers]
