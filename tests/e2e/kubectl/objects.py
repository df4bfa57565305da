"""Making objects of every common kind, and the columns that `kubectl get` shows of them."""
from .harness import columns, contains, equals, eventually, expect

AGE = r"\d+[smh]\w*"


def creating(k):
    ns = k.namespace
    for line, made in (
            ("create deployment web --image=nginx:1.25 --replicas=2 --port=80",
             "deployment.apps/web created"),
            ("create configmap cfg --from-literal=a=b", "configmap/cfg created"),
            ("create secret generic sec --from-literal=p=q", "secret/sec created"),
            ("create secret docker-registry reg --docker-username=u --docker-password=p "
             "--docker-server=s", "secret/reg created"),
            ("create serviceaccount bob", "serviceaccount/bob created"),
            ("create job once --image=busybox -- true", "job.batch/once created"),
            ("create cronjob tick --image=busybox --schedule='*/5 * * * *' -- date",
             "cronjob.batch/tick created"),
            ("create job again --from=cronjob/tick", "job.batch/again created"),
            ("create role reader --verb=get,list --resource=pods,deployments.apps",
             "role.rbac.authorization.k8s.io/reader created"),
            (f"create rolebinding bob --role=reader --serviceaccount={ns}:bob",
             "rolebinding.rbac.authorization.k8s.io/bob created"),
            ("create clusterrole nodes-reader --verb=get --resource=nodes",
             "clusterrole.rbac.authorization.k8s.io/nodes-reader created"),
            ("create clusterrolebinding alice --clusterrole=nodes-reader --user=alice",
             "clusterrolebinding.rbac.authorization.k8s.io/alice created"),
            ("create pdb web --selector=app=web --min-available=1",
             "poddisruptionbudget.policy/web created"),
            ("create priorityclass high --value=1000 --description=x",
             "priorityclass.scheduling.k8s.io/high created"),
            ("create ingress front --rule=foo.com/bar*=web:80,tls=sec",
             "ingress.networking.k8s.io/front created"),
            ("create service clusterip s1 --tcp=80:8080", "service/s1 created"),
            ("create service nodeport s2 --tcp=80", "service/s2 created"),
            ("create service loadbalancer s3 --tcp=80", "service/s3 created"),
            ("create service externalname s4 --external-name=a.b", "service/s4 created"),
            ("expose deployment web --target-port=8080", "service/web exposed"),
            ("autoscale deployment web --min=2 --max=4 --cpu=80%",
             "horizontalpodautoscaler.autoscaling/web autoscaled"),
            ("run single --image=nginx --labels=app=single", "pod/single created")):
        equals(k(line).strip(), made)
    k("wait --for=condition=Available deployment/web --timeout=30s")
    k("wait --for=condition=Complete job/once job/again --timeout=30s")
    k("wait --for=condition=Ready pod/single --timeout=30s")
    expect(k("create token bob").count(".") == 2, "no token")
    expect(k("create token bob --duration=1h --audience=istio-ca").count(".") == 2, "no token")
    tables(k)
    wide_tables(k)
    all_at_once(k)


def tables(k):
    for kind, header, *rows in (
            ("pods", "NAME|READY|STATUS|RESTARTS|AGE", rf"web-\w+-\w+|1/1|Running|0|{AGE}",
             rf"once-\w+|0/1|Completed|0|{AGE}", rf"single|1/1|Running|0|{AGE}"),
            ("deploy", "NAME|READY|UP-TO-DATE|AVAILABLE|AGE", rf"web|2/2|2|2|{AGE}"),
            ("rs", "NAME|DESIRED|CURRENT|READY|AGE", rf"web-\w+|2|2|2|{AGE}"),
            ("svc", "NAME|TYPE|CLUSTER-IP|EXTERNAL-IP|PORT(S)|AGE",
             rf"s1|ClusterIP|[0-9.]+|<none>|80/TCP|{AGE}",
             rf"s2|NodePort|[0-9.]+|<none>|80:3\d+/TCP|{AGE}",
             rf"s3|LoadBalancer|[0-9.]+|127[0-9.]+|80:3\d+/TCP|{AGE}",
             rf"s4|ExternalName|<none>|a.b|<none>|{AGE}"),
            ("ep", "NAME|ENDPOINTS|AGE", rf"web|[0-9.]+:8080,[0-9.]+:8080|{AGE}",
             rf"s1|<none>|{AGE}"),
            ("endpointslices", "NAME|ADDRESSTYPE|PORTS|ENDPOINTS|AGE",
             rf"web-\w+|IPv4|8080|[0-9.]+,[0-9.]+|{AGE}", rf"s1-\w+|IPv4|<unset>|<unset>|{AGE}"),
            ("hpa", "NAME|REFERENCE|TARGETS|MINPODS|MAXPODS|REPLICAS|AGE",
             rf"web|Deployment/web|cpu: <unknown>/80%|2|4|\d|{AGE}"),
            ("pdb", "NAME|MIN AVAILABLE|MAX UNAVAILABLE|ALLOWED DISRUPTIONS|AGE",
             rf"web|1|N/A|1|{AGE}"),
            ("jobs", "NAME|STATUS|COMPLETIONS|DURATION|AGE", rf"once|Complete|1/1|\d+s|{AGE}"),
            ("cj", "NAME|SCHEDULE|TIMEZONE|SUSPEND|ACTIVE|LAST SCHEDULE|AGE",
             rf"tick|\*/5 \* \* \* \*|<none>|False|\d|\S+|{AGE}"),
            ("ing", "NAME|CLASS|HOSTS|ADDRESS|PORTS|AGE",
             rf"front|<none>|foo.com|80, 443|{AGE}"),
            ("cm", "NAME|DATA|AGE", rf"cfg|1|{AGE}", rf"kube-root-ca.crt|1|{AGE}"),
            ("secret", "NAME|TYPE|DATA|AGE", rf"sec|Opaque|1|{AGE}",
             rf"reg|kubernetes.io/dockerconfigjson|1|{AGE}"),
            ("sa", "NAME|AGE", rf"bob|{AGE}", rf"default|{AGE}"),
            ("role", "NAME|CREATED AT", r"reader|\d{4}-\d\d-\d\dT[0-9:]+Z"),
            ("rolebinding", "NAME|ROLE|AGE", rf"bob|Role/reader|{AGE}"),
            ("clusterrole", "NAME|CREATED AT", r"nodes-reader|\d{4}-\d\d-\d\dT[0-9:]+Z"),
            ("clusterrolebinding", "NAME|ROLE|AGE", rf"alice|ClusterRole/nodes-reader|{AGE}"),
            ("pc", "NAME|VALUE|GLOBAL-DEFAULT|AGE|PREEMPTIONPOLICY",
             rf"high|1000|false|{AGE}|PreemptLowerPriority"),
            ("ns", "NAME|STATUS|AGE", rf"{k.namespace}|Active|{AGE}"),
            ("nodes", "NAME|STATUS|ROLES|AGE|VERSION",
             rf"cluster-1-node-1|Ready|<none>|{AGE}|v1\.36\.\d+"),
            ("lease -n kube-node-lease", "NAME|HOLDER|AGE",
             rf"cluster-1-node-1|cluster-1-node-1|{AGE}"),
            ("deploy web --subresource=scale", "NAME|DESIRED|AVAILABLE|AGE", rf"web|2|2|{AGE}")):
        columns(k(f"get {kind}"), header, *rows)


def wide_tables(k):
    for kind, header, *rows in (
            ("pods", "NAME|READY|STATUS|RESTARTS|AGE|IP|NODE|NOMINATED NODE|READINESS GATES",
             rf"single|1/1|Running|0|{AGE}|10[0-9.]+|cluster-1-node-1|<none>|<none>"),
            ("deploy", "NAME|READY|UP-TO-DATE|AVAILABLE|AGE|CONTAINERS|IMAGES|SELECTOR",
             rf"web|2/2|2|2|{AGE}|nginx|nginx:1.25|app=web"),
            ("rs", "NAME|DESIRED|CURRENT|READY|AGE|CONTAINERS|IMAGES|SELECTOR",
             rf"web-\w+|2|2|2|{AGE}|nginx|nginx:1.25|app=web,pod-template-hash=\w+"),
            ("svc", "NAME|TYPE|CLUSTER-IP|EXTERNAL-IP|PORT(S)|AGE|SELECTOR",
             rf"web|ClusterIP|[0-9.]+|<none>|80/TCP|{AGE}|app=web"),
            ("jobs", "NAME|STATUS|COMPLETIONS|DURATION|AGE|CONTAINERS|IMAGES|SELECTOR",
             rf"once|Complete|1/1|\d+s|{AGE}|once|busybox|"
             r"batch.kubernetes.io/controller-uid=[0-9a-f-]+"),
            ("rolebinding", "NAME|ROLE|AGE|USERS|GROUPS|SERVICEACCOUNTS",
             rf"bob|Role/reader|{AGE}|{k.namespace}/bob"),
            ("nodes", "NAME|STATUS|ROLES|AGE|VERSION|INTERNAL-IP|EXTERNAL-IP|OS-IMAGE|"
             "KERNEL-VERSION|CONTAINER-RUNTIME",
             rf"cluster-1-node-1|Ready|<none>|{AGE}|v1\S+|10[0-9.]+|<none>|jibe twin|.*|.*"),
            ("events", "LAST SEEN|TYPE|REASON|OBJECT|SUBOBJECT|SOURCE|MESSAGE|FIRST SEEN|COUNT|"
             "NAME",
             rf"{AGE}|Normal|Scheduled|pod/single|default-scheduler|Successfully assigned "
             rf"{k.namespace}/single to cluster-1-node-1|{AGE}|1|single\.[0-9a-f]+",
             rf"{AGE}|Normal|ScalingReplicaSet|deployment/web|deployment-controller|"
             rf"Scaled up replica set web-\w+ from 0 to 2|{AGE}|1|web\.[0-9a-f]+")):
        columns(k(f"get {kind} -o wide"), header, *rows)
    contains(k("events --for pod/single"), r"^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE$",
             r"Pod/single +Successfully assigned")


def all_at_once(k):
    text = k("get all")
    blocks = [block.splitlines()[0].split() for block in text.split("\n\n")]
    equals([block[0] for block in blocks], ["NAME"] * len(blocks))
    contains(text, r"^pod/web-", r"^service/web ", r"^deployment.apps/web ",
             r"^replicaset.apps/web-", r"^horizontalpodautoscaler.autoscaling/web ",
             r"^cronjob.batch/tick ", r"^job.batch/once ")
    contains(k("get all -A"), r"^NAMESPACE +NAME +READY", rf"^{k.namespace} +pod/single ")
    contains(k("get deploy/web svc/web"), r"^deployment.apps/web ", r"^service/web ")
    columns(k("get cm cfg --show-labels"), "NAME|DATA|AGE|LABELS", rf"cfg|1|{AGE}|<none>")
    columns(k("get pod single -L app"), "NAME|READY|STATUS|RESTARTS|AGE|APP",
            rf"single|1/1|Running|0|{AGE}|single")


def stored_kinds(k):
    """Kinds without a controller or with a quiet one."""
    k.apply("""
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: np}
spec: {podSelector: {matchLabels: {a: b}}}
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: lead}
spec: {holderIdentity: me}
---
apiVersion: v1
kind: LimitRange
metadata: {name: lim}
spec: {limits: [{type: Container, default: {cpu: 100m}}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: nobody}
webhooks:
- name: a.example.com
  clientConfig: {url: "https://127.0.0.1:1/"}
  admissionReviewVersions: [v1]
  sideEffects: None
  rules: [{apiGroups: [none.example.com], apiVersions: [v1], operations: ["*"], resources: [x]}]
""")
    eventually("a volume", lambda: "Bound" in k("get pvc data"))
    columns(k("get pvc"), "NAME|STATUS|VOLUME|CAPACITY|ACCESS MODES|STORAGECLASS|"
            "VOLUMEATTRIBUTESCLASS|AGE", rf"data|Bound|pvc-[0-9a-f-]+|1Gi|RWO|<unset>|{AGE}")
    columns(k("get netpol"), "NAME|POD-SELECTOR|AGE", rf"np|a=b|{AGE}")
    columns(k("get lease"), "NAME|HOLDER|AGE", rf"lead|me|{AGE}")
    columns(k("get limits"), "NAME|CREATED AT", r"lim|\S+")
    columns(k("get validatingwebhookconfigurations nobody"), "NAME|WEBHOOKS|AGE",
            rf"nobody|1|{AGE}")


def quotas(k):
    k("create quota q --hard=count/configmaps=3,pods=1")
    k("create deployment web --image=nginx --replicas=2")
    row = rf"q|count/configmaps: 1/3, pods: 1/1|{AGE}"
    eventually("the pod", lambda: "pods: 1/1" in k("get quota"))
    columns(k("get quota"), "NAME|REQUEST|LIMIT|AGE", row)
    contains(k("describe quota q"), r"^count/configmaps +1 +3$", r"^pods +1 +1$")
    contains(k(f"describe ns {k.namespace}"), r"^Resource Quotas$", r"^  pods +1 +1$")
    eventually("the reason", lambda: "Error creating" in k("describe rs"))
    contains(k("describe rs"), r'FailedCreate .* Error creating: pods "web-\w+-\w+" is forbidden: '
             r"exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1$")
    columns(k("get deploy"), "NAME|READY|UP-TO-DATE|AVAILABLE|AGE", rf"web|1/2|1|1|{AGE}")
    k("create cm a")
    k("create cm b")
    equals(k.fails("create cm c"), 'error: failed to create configmap: configmaps "c" is '
           "forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=3, "
           "limited: count/configmaps=3")


def certificates(k):
    k.apply("""
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: joe}
spec: {request: eA==, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}
""")
    header = "NAME|AGE|SIGNERNAME|REQUESTOR|REQUESTEDDURATION|CONDITION"
    row = rf"joe|{AGE}|kubernetes.io/kube-apiserver-client|kubernetes-admin|<none>|"
    columns(k("get csr"), header, row + "Pending")
    equals(k("certificate approve joe"),
           "certificatesigningrequest.certificates.k8s.io/joe approved\n")
    columns(k("get csr"), header, row + "Approved")


CASES = [creating, stored_kinds, quotas, certificates]
