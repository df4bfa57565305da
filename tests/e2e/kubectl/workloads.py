"""Rollouts, scaling, waiting, nodes, and an older kubectl."""
import os

from .harness import columns, contains, equals, eventually, expect
from .reading import WEB

SETS = """
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: "nginx:1"}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: "nginx:1"}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: indexed}
spec:
  completions: 3
  parallelism: 2
  completionMode: Indexed
  template:
    spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}
---
apiVersion: v1
kind: ReplicationController
metadata: {name: old}
spec:
  replicas: 1
  selector: {app: old}
  template:
    metadata: {labels: {app: old}}
    spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: "nginx:1"}]}
"""
AGE = r"\d+[smh]\w*"


def rolling(k):
    k.apply(WEB)
    done = 'deployment "web" successfully rolled out'
    contains(k("rollout status deploy web --timeout=30s"), done)
    equals(k("set image deploy/web c=nginx:2"), "deployment.apps/web image updated\n")
    contains(k("rollout status deploy web --timeout=30s"), done)
    equals(k("rollout history deploy web"), "deployment.apps/web \nREVISION  CHANGE-CAUSE\n"
           "1         <none>\n2         <none>\n\n")
    contains(k("rollout history deploy web --revision=2"),
             r"^deployment.apps/web with revision #2$", r"^    Image:\tnginx:2$")
    contains(k("rollout undo deploy web"), r"^deployment.apps/web rolled back$")
    contains(k.fails("rollout undo deploy web --to-revision=9"),
             r"^error: unable to find specified revision 9 in history$")
    equals(k("rollout restart deploy web"), "deployment.apps/web restarted\n")
    contains(k("rollout status deploy web --timeout=30s"), done)
    # A rollout is complete while the pods that it replaced still end.
    images = "get pods -o jsonpath='{.items[*].spec.containers[0].image}'"
    eventually("two pods of the first image", lambda: k(images) == "nginx:1 nginx:1")
    annotations = k.json("get deploy web")["spec"]["template"]["metadata"]["annotations"]
    expect("kubectl.kubernetes.io/restartedAt" in annotations, annotations)
    equals(k("rollout pause deploy web"), "deployment.apps/web paused\n")
    equals(k.fails("rollout pause deploy web"),
           'error: deployments.apps "web" is already paused')
    equals(k.fails("rollout restart deploy web"), 'error: deployments.apps "web" can\'t restart '
           "paused deployment (run rollout resume first)")
    k("set env deploy web A=B")
    k("rollout resume deploy web")
    contains(k("rollout status deploy web --timeout=30s"), done)
    contains(k("set env deploy web --list"), r"^A=B$")
    k("set resources deploy web --limits=cpu=1,memory=1Gi")
    k("set serviceaccount deploy web default")
    spec = k.json("get deploy web")["spec"]["template"]["spec"]
    equals(spec["containers"][0]["resources"], {"limits": {"cpu": "1", "memory": "1Gi"}})
    k("set image deploy/web c=nginx:2")
    contains(k("rollout status deploy web --timeout=30s"), done)


def stuck(k):
    """A rollout that cannot go on: the old pods stay, status waits, undo heals."""
    k.apply(WEB)
    k("rollout status deploy web --timeout=30s")
    k(["patch", "deploy", "web", "-p", '{"spec":{"template":{"spec":{"nodeSelector":{"no":"x"}}}}}'])
    contains(k.fails("rollout status deploy web --timeout=2s"), r"timed out waiting for the condition")
    columns(k("get deploy web"), "NAME|READY|UP-TO-DATE|AVAILABLE|AGE", rf"web|2/2|1|2|{AGE}")
    contains(k("get pods"), r" +0/1 +Pending ")
    contains(k("events"), r"FailedScheduling +Pod/web-\w+-\w+ +0/1 nodes are available: ")
    k(["patch", "deploy", "web", "-p", '{"spec":{"progressDeadlineSeconds":1}}'])
    contains(k.fails("rollout status deploy web --timeout=30s"),
             r'^error: deployment "web" exceeded its progress deadline$')
    contains(k("describe deploy web"), r"^  Progressing +False +ProgressDeadlineExceeded$")
    k("rollout undo deploy web")
    contains(k("rollout status deploy web --timeout=30s"), r"successfully rolled out")


def scaling(k):
    k.apply(WEB)
    equals(k("scale deploy web --replicas=4"), "deployment.apps/web scaled\n")
    equals(k.fails("scale deploy web --replicas=3 --current-replicas=9"),
           "error: Expected replicas to be 9, was 4")
    k("wait --for=jsonpath='{.status.readyReplicas}'=4 deploy/web --timeout=30s")
    k("scale deploy web --replicas=0 --current-replicas=4")
    eventually("no pods", lambda: k("get pods -o name") == "")
    columns(k("get deploy web"), "NAME|READY|UP-TO-DATE|AVAILABLE|AGE", rf"web|0/0|0|0|{AGE}")
    k("scale deploy web --replicas=1")
    k("autoscale deploy web --min=3 --max=4 --cpu=80%")
    eventually("three", lambda: k.json("get deploy web")["spec"]["replicas"] == 3)
    contains(k("describe hpa web"), r"^Min replicas: +3$", r"^  AbleToScale +True ")
    equals(k("expose deploy web --name=front --port=80 --type=LoadBalancer"),
           "service/front exposed\n")
    address = eventually("an address", lambda: k(
        "get svc front -o jsonpath='{.status.loadBalancer.ingress[0].ip}'"))
    expect(address.startswith("127."), address)
    k("set selector svc front app=other")
    eventually("no endpoints", lambda: "<unset>" in k(
        "get endpointslices -l kubernetes.io/service-name=front"))


def waiting(k):
    k.apply(WEB)
    equals(k("wait --for=condition=Available deploy/web --timeout=30s"),
           "deployment.apps/web condition met\n")
    equals(k.fails("wait --for=condition=Mine deploy/web --timeout=1s"),
           "error: timed out waiting for the condition on deployments/web")
    k("wait --for=jsonpath='{.spec.replicas}'=2 deploy/web --timeout=10s")
    contains(k("wait --for=condition=Ready pod -l app=web --timeout=30s"),
             r"^pod/web-\w+-\w+ condition met$")
    later = k.start("wait --for=create cm/later --timeout=20s")
    gone = k.start("wait --for=delete deploy/web --timeout=30s")
    k("create cm later")
    k("delete deploy web --wait=false")
    equals(later.communicate(timeout=30)[0], "configmap/later condition met\n")
    equals(gone.wait(timeout=40), 0)


def sets(k):
    k.apply(SETS)
    k("rollout status sts/db --timeout=30s")
    contains(k("rollout status ds/agent --timeout=30s"), r'"agent" successfully rolled out$')
    k("wait --for=condition=Complete job/indexed --timeout=30s")
    columns(k("get sts"), "NAME|READY|AGE", rf"db|2/2|{AGE}")
    columns(k("get ds"), "NAME|DESIRED|CURRENT|READY|UP-TO-DATE|AVAILABLE|NODE SELECTOR|AGE",
            rf"agent|1|1|1|1|1|<none>|{AGE}")
    columns(k("get jobs"), "NAME|STATUS|COMPLETIONS|DURATION|AGE",
            rf"indexed|Complete|3/3|\d+s|{AGE}")
    k("wait --for=jsonpath='{.status.readyReplicas}'=1 rc/old --timeout=20s")
    columns(k("get rc"), "NAME|DESIRED|CURRENT|READY|AGE", rf"old|1|1|1|{AGE}")
    columns(k("get controllerrevisions"), "NAME|CONTROLLER|REVISION|AGE",
            rf"db-\w+|statefulset.apps/db|1|{AGE}", rf"agent-\w+|daemonset.apps/agent|1|{AGE}")
    equals(k("get pods -l app=db -o name"), "pod/db-0\npod/db-1\n")
    contains(k("get pvc -o name"), r"^persistentvolumeclaim/data-db-0$")
    equals(k("get pods -l job-name=indexed -o jsonpath='{.items[*].metadata.labels."
             r"batch\.kubernetes\.io/job-completion-index}'"), "0 1 2")
    contains(k("describe ds agent"), r"deprecated.daemonset.template.generation: 1$",
             r"^Desired Number of Nodes Scheduled: 1$")
    contains(k("describe sts db"), r"^Replicas: +2 desired \| 2 total$",
             r"SuccessfulCreate .* Create Pod db-0 in StatefulSet db successful$")
    contains(k("describe job indexed"), r"^Completed Indexes: +0-2$",
             r"^Pods Statuses: +0 Active \(0 Ready\) / 3 Succeeded / 0 Failed$")
    k("rollout restart sts/db ds/agent")
    k("rollout status sts/db --timeout=30s")
    k("rollout status ds/agent --timeout=30s")
    contains(k("describe ds agent"), r"deprecated.daemonset.template.generation: 2$")
    contains(k("rollout history sts/db"), r"^2 +<none>$")
    k("rollout undo sts/db")
    k("rollout status sts/db --timeout=30s")
    k("scale sts db --replicas=1")
    eventually("one", lambda: k("get pods -l app=db -o name") == "pod/db-0\n")
    k("delete sts db --cascade=foreground --timeout=30s")
    equals(k("get pods -l app=db -o name"), "")


def nodes(k):
    """Changes the only node, so no other case runs in this cluster."""
    node = "cluster-2-node-1"
    k.apply(WEB)
    k("create pdb web --selector=app=web --min-available=1")
    k("rollout status deploy web --timeout=30s")
    equals(k(f"taint node {node} a=b:NoSchedule"), f"node/{node} tainted\n")
    contains(k(f"describe node {node}"), r"^Taints: +a=b:NoSchedule$")
    equals(k(f"taint node {node} a-"), f"node/{node} untainted\n")
    eventually("a budget", lambda: k.json("get pdb web")["status"]["disruptionsAllowed"] == 1)
    equals(k(f"cordon {node}"), f"node/{node} cordoned\n")
    contains(k("get nodes"), rf"^{node} +Ready,SchedulingDisabled ")
    out, err = k.both(f"drain {node} --timeout=2s", code=1)
    contains(out, rf"^evicting pod {k.namespace}/web-\w+-\w+$", r"^pod/web-\w+-\w+ evicted$")
    contains(err, r"\(will retry after 5s\): Cannot evict pod as it would violate the pod's "
             r"disruption budget\.$")
    columns(k("get pdb"), "NAME|MIN AVAILABLE|MAX UNAVAILABLE|ALLOWED DISRUPTIONS|AGE",
            rf"web|1|N/A|0|{AGE}")
    contains(k("get pods"), r" 1/1 +Running ", r" 0/1 +Pending ")
    k(f"uncordon {node}")
    contains(k("rollout status deploy web --timeout=30s"), r"successfully rolled out")
    k("delete pdb web")
    contains(k(f"drain {node} --timeout=20s"), rf"^node/{node} drained$")
    k(f"uncordon {node}")


nodes.context = "cluster-2"


def older_kubectl(k):
    """The oldest kubectl that Debian's repositories offer for this server, where it is there."""
    if not os.path.exists("/usr/bin/kubectl"):
        return
    old = k.other("/usr/bin/kubectl")
    equals(old.apply(WEB), "deployment.apps/web created\n")
    contains(old("rollout status deploy/web --timeout=30s"), r"successfully rolled out")
    contains(old("get all"), r"^deployment.apps/web +2/2 ", r"^pod/web-\w+-\w+ +1/1 +Running ")
    contains(old("describe deploy web"), r"^NewReplicaSet: +web-\w+ \(2/2 replicas created\)$")
    contains(old("explain deploy.spec.paused"), r"^FIELD: paused <boolean>$")
    contains(old("version"), r"^Server Version: v1\.36\.")
    equals(old.apply(WEB, "--server-side"), "deployment.apps/web serverside-applied\n")
    old("rollout restart deploy web")
    old("rollout status deploy/web --timeout=30s")
    old("delete deploy web --cascade=foreground")
    equals(old("get pods -o name"), "")


CASES = [nodes, sets, rolling, scaling, stuck, waiting, older_kubectl]
