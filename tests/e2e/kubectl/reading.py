"""Commands that change nothing: output formats, selection, describe, explain, discovery, watch."""
import json
import signal
import time

from .harness import columns, contains, equals, eventually, expect

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "nginx:1", ports: [{containerPort: 80}]}]}
"""


def formats(k):
    k.apply(WEB)
    k("rollout status deploy/web --timeout=30s")
    equals(k("get deploy -o name"), "deployment.apps/web\n")
    equals(k("get deploy -o jsonpath='{.items[*].metadata.name}'"), "web")
    equals(k("get deploy web -o custom-columns=N:.metadata.name,R:.spec.replicas"),
           "N     R\nweb   2\n")
    equals(k("get deploy -o go-template='{{range .items}}{{.metadata.name}};{{end}}'"), "web;")
    contains(k("get deploy web -o yaml"), r"^apiVersion: apps/v1$", r"^kind: Deployment$",
             r"^  progressDeadlineSeconds: 600$")
    equals(k.json("get deploy")["kind"], "List")
    expect("managedFields" not in k("get deploy web -o yaml"), "managed fields are shown")
    contains(k("get deploy web -o yaml --show-managed-fields"),
             r"manager: kubectl-client-side-apply", r"k:\{\"name\":\"c\"\}:")
    pods = k("get pods -l 'app in (web,x),y!=z' -o name").split()
    equals(len(pods), 2)
    equals(k("get pods -l app=web,app!=web -o name"), "")
    equals(k("get pods --field-selector=status.phase=Running -o name").split(), pods)
    equals(k(f"get pods --field-selector=metadata.name={pods[0][4:]} -o name").split(), pods[:1])
    equals(k.fails("get pods --field-selector=spec.foo=x"),
           'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label '
           'selector "", field selector "spec.foo=x": field label not supported: spec.foo')
    equals(k("get pods --chunk-size=1 -o name").split(), pods)
    equals(k("get pods --sort-by=.metadata.name --no-headers -o name").split(), pods)
    contains(k("get pods --sort-by='{.status.startTime}' -A"), rf"^{k.namespace} +web-")
    equals(k("get pods -n nothing-here -o name"), "")
    equals(k.both("get pods -n nothing-here")[1],
           "No resources found in nothing-here namespace.\n")
    equals(k.fails("get deploy none"),
           'Error from server (NotFound): deployments.apps "none" not found')
    equals(k.fails("get nonsense"), 'error: the server doesn\'t have a resource type "nonsense"')


def describing(k):
    k.apply(WEB)
    k("expose deploy web")
    k("rollout status deploy/web --timeout=30s")
    name = k("get pods -o name").split()[0][4:]
    text = k(f"describe pod {name}")
    contains(text, rf"^Name: +{name}$", r"^Status: +Running$", r"^Controlled By: +ReplicaSet/web-",
             r"^    Image: +nginx:1$", r"^    State: +Running$", r"^    Ready: +True$",
             r"^QoS Class: +BestEffort$", r"^  Ready +True *$")
    reasons = [line.split()[1] for line in text.split("Events:")[1].splitlines()[3:]]
    equals([r for r in reasons if r != "Pulling"], ["Scheduled", "Pulled", "Created", "Started"])
    contains(k("describe deploy web"), r"^Replicas: +2 desired \| 2 updated \| 2 total \| 2 availa",
             r"^RollingUpdateStrategy: +25% max unavailable, 25% max surge$",
             r"^  Available +True +MinimumReplicasAvailable$",
             r"^NewReplicaSet: +web-\w+ \(2/2 replicas created\)$",
             r"Normal +ScalingReplicaSet .* Scaled up replica set web-\w+ from 0 to 2$")
    contains(k("describe rs"), r"^Controlled By: +Deployment/web$",
             r"^Pods Status: +2 Running / 0 Waiting / 0 Succeeded / 0 Failed$")
    contains(k("describe svc web"), r"^TargetPort: +80/TCP$",
             r"^Endpoints: +[0-9.]+:80,[0-9.]+:80$", r"^Events: +<none>$")
    contains(k(f"describe ns {k.namespace}"), r"^Status: +Active$", r"^No resource quota.$",
             r"^No LimitRange resource.$")
    text = k("describe node cluster-1-node-1")
    contains(text, r"^  HolderIdentity: +cluster-1-node-1$", r"^  Ready +True .* KubeletReady",
             r"^  InternalIP: +10", rf"^  {k.namespace} +web-\w+-\w+ +0 \(0%\)",
             r"^Taints: +<none>$")
    contains(k("describe sa default"), r"^Name: +default$")
    contains(k.fails("describe deploy none"), r'deployments.apps "none" not found')


def explaining(k):
    contains(k("explain pod.spec.containers.image"), r"^KIND: +Pod$", r"^FIELD: image <string>$")
    contains(k("explain deployment.spec"), r"^GROUP: +apps$",
             r"^  selector\t<LabelSelector> -required-$")
    contains(k("explain deploy.spec.template.spec --recursive"), r"^    imagePullPolicy\t<string>$")
    contains(k("explain hpa --api-version=autoscaling/v1"), r"^VERSION: +v1$")
    contains(k("explain pods --output=plaintext-openapiv2"), r"^KIND: +Pod$")
    contains(k.fails("explain pod.none"), r'field "none" does not exist')
    contains(k.fails("explain nonsense"), r"doesn't have a resource type \"nonsense\"")


def discovering(k):
    text = k("api-resources")
    columns(text, "NAME|SHORTNAMES|APIVERSION|NAMESPACED|KIND", r"pods|po|v1|true|Pod",
            r"deployments|deploy|apps/v1|true|Deployment",
            r"horizontalpodautoscalers|hpa|autoscaling/v2|true|HorizontalPodAutoscaler",
            r"customresourcedefinitions|crd,crds|apiextensions.k8s.io/v1|false|"
            r"CustomResourceDefinition")
    contains(k("api-resources -o wide --api-group=apps"),
             r"create,delete,deletecollection,get,list,patch,update,watch +all$")
    contains(k("api-versions"), r"^apps/v1$", r"^v1$", r"^autoscaling/v2$")
    contains(k("version"), r"^Server Version: v1\.36\.")
    contains(k("cluster-info"), r"Kubernetes control plane.* is running at .*https://127")
    equals(k("auth can-i create pods").strip(), "yes")
    contains(k("auth can-i --list"), r"^\*\.\* +\[\] +\[\] +\[\*\]$")
    contains(k("auth whoami"), r"^Username +kubernetes-admin$",
             r"^Groups +\[system:masters system:authenticated\]$")
    equals(k("get --raw /readyz"), "ok")
    contains(k("get --raw /version"), r'"gitVersion": "v1\.36\.')
    contains(k("get --raw /openapi/v3"), r"apis/apps/v1")
    contains(k.fails("get --raw /nowhere"), r"could not find the requested resource$")
    for what in ("pods", "nodes"):
        equals(k.fails(f"top {what}"), "error: Metrics API not available")
    for path in ("/apis/example.com/v1", "/api/v1/nonsense"):
        contains(k.fails(f"get --raw {path}"), r"could not find the requested resource$")


def pages(k):
    for n in range(5):
        k(f"create cm page-{n} --from-literal=a=b")
    path = f"/api/v1/namespaces/{k.namespace}/configmaps"
    first = json.loads(k(f"get --raw {path}?limit=2"))
    equals(first["metadata"]["remainingItemCount"], 4)
    k("delete cm page-3")
    token = first["metadata"]["continue"]
    second = json.loads(k(f"get --raw '{path}?limit=9&continue={token}'"))
    names = [item["metadata"]["name"] for item in first["items"] + second["items"]]
    equals(names, ["kube-root-ca.crt"] + [f"page-{n}" for n in range(5)])
    equals(second["metadata"]["resourceVersion"], first["metadata"]["resourceVersion"])
    for query, message in (
            ("limit=2&continue=zzz", r"continue key is not valid"),
            (f"continue={token}&resourceVersion=5",
             r"specifying resource version is not allowed when using continue"),
            ("resourceVersionMatch=Exact", r"forbidden unless resourceVersion is provided"),
            ("resourceVersion=0&resourceVersionMatch=Exact",
             r'"exact" is forbidden for resourceVersion "0"'),
            ("resourceVersion=99999999&resourceVersionMatch=NotOlderThan",
             r"Too large resource version: 99999999, current: \d+"),
            ("labelSelector=a===", r"unable to parse requirement")):
        contains(k.fails(f"get --raw '{path}?{query}'"), message)


def watching(k):
    streams = [k.start(line) for line in (
        "get pods -w", "get pods -w --output-watch-events", "get deploy --watch-only -o name",
        "get pods -l app=none -w", "get cm -w --request-timeout=2s")]
    time.sleep(1.5)
    k.apply(WEB.replace("replicas: 2", "replicas: 1"))
    k("rollout status deploy/web --timeout=30s")
    k("delete deploy web --wait")
    eventually("no pods", lambda: k("get pods -o name") == "")
    time.sleep(0.5)
    for stream in streams[:4]:
        stream.send_signal(signal.SIGINT)
    pods, events, deployments, none, timed = [s.communicate(timeout=20)[0] for s in streams]
    equals(pods.splitlines()[0].split(), ["NAME", "READY", "STATUS", "RESTARTS", "AGE"])
    for status in ("0/1 +Pending", "0/1 +ContainerCreating", "1/1 +Running", "1/1 +Terminating"):
        contains(pods, rf"^web-\w+-\w+ +{status} ")
    equals([line.split()[0] for line in events.splitlines()][:2], ["EVENT", "ADDED"])
    contains(events, r"^MODIFIED +web-\w+-\w+ +1/1 +Running", r"^DELETED +web-")
    equals(set(deployments.split()), {"deployment.apps/web"})
    equals(none, "")
    contains(timed, r"^kube-root-ca.crt +1")


CASES = [watching, formats, describing, explaining, discovering, pages]
