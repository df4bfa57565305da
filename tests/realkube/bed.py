"""Real Kubernetes control planes on loopback, from the one program build/deps/bin/realkube: an etcd for
all, and for each cluster kube-apiserver, controller manager, scheduler, and kwok as its nodes. Pods run
nothing: a real program is started beside the bed, and a Service sent to it (control_plane/egress.go)."""
import base64
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

START_S = 180


class BedError(Exception):
    pass


def free_ports(count):
    """Held open together, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Processes:
    """What runs in a folder: NAME.log and NAME.pid for each."""

    def __init__(self, program, folder):
        self.program, self.folder = pathlib.Path(program).resolve(), pathlib.Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)

    def start(self, name, *arguments):
        with open(self.folder / f"{name}.log", "w") as log:
            process = subprocess.Popen([self.program, name, *arguments], stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=subprocess.STDOUT, cwd=self.folder,
                                       start_new_session=True)
        (self.folder / f"{name}.pid").write_text(str(process.pid))

    def is_alive(self, pid):
        """Our program, and no other one that got the number since."""
        try:
            return pathlib.Path(os.readlink(f"/proc/{pid}/exe")) == self.program
        except OSError:
            return False

    def expect_alive(self):
        for file in self.folder.glob("*.pid"):
            if not self.is_alive(int(file.read_text())):
                log = file.with_suffix(".log").read_text().splitlines()[-5:]
                raise BedError(f"{file.stem} has ended; {file.with_suffix('.log')} says:\n"
                               + "\n".join(log))

    def until(self, what, look):
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            if look():
                return
            self.expect_alive()
            time.sleep(0.1)
        raise BedError(f"{what}: not within {START_S} s; see {self.folder}")

    def stop(self):
        files = list(self.folder.glob("*.pid"))
        for file in files:
            if self.is_alive(int(file.read_text())):
                os.kill(int(file.read_text()), signal.SIGKILL)
        for file in files:
            while self.is_alive(int(file.read_text())):
                time.sleep(0.05)
            file.unlink()


def answers(url, authority=None, token=None):
    request = urllib.request.Request(url)
    context = ssl.create_default_context(cafile=authority) if authority else None
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=5, context=context) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


class Keys:
    """A certificate authority and what it signed."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.key("ca")
        self.openssl("req", "-x509", "-new", "-key", self.path("ca.key"), "-subj", "/CN=realkube",
                     "-days", "3650", "-out", self.path("ca.crt"))

    def path(self, name):
        return str(self.folder / name)

    def openssl(self, *arguments, stdin=""):
        result = subprocess.run(["openssl", *arguments], input=stdin, text=True, capture_output=True)
        if result.returncode != 0:
            raise BedError(f"openssl {' '.join(arguments)}: {result.stderr}")

    def key(self, name):
        self.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out",
                     self.path(f"{name}.key"))

    def certificate(self, name, subject, usage, names=""):
        self.key(name)
        self.openssl("req", "-new", "-key", self.path(f"{name}.key"), "-subj", subject, "-out",
                     self.path(f"{name}.csr"))
        extensions = f"extendedKeyUsage={usage}\nkeyUsage=digitalSignature\n"
        extensions += f"subjectAltName={names}\n" if names else ""
        self.openssl("x509", "-req", "-in", self.path(f"{name}.csr"), "-CA", self.path("ca.crt"),
                     "-CAkey", self.path("ca.key"), "-CAcreateserial", "-days", "3650", "-extfile",
                     "/dev/stdin", "-out", self.path(f"{name}.crt"), stdin=extensions)

    def data(self, name):
        return base64.b64encode((self.folder / name).read_bytes()).decode()


class Bed:
    """As a context manager it ends with its block; start() and stop() are for people."""

    def __init__(self, program, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.etcd = Processes(program, self.folder / "etcd")
        self.clusters = []

    def start(self):
        client, peer = (f"http://127.0.0.1:{port}" for port in free_ports(2))
        self.etcd_url = client
        self.etcd.start("etcd", "--name=e", f"--data-dir={self.etcd.folder}/data",
                        "--unsafe-no-fsync", "--log-level=warn", f"--listen-client-urls={client}",
                        f"--advertise-client-urls={client}", f"--listen-peer-urls={peer}",
                        f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=e={peer}")
        self.etcd.until("etcd", lambda: answers(f"{client}/health"))

    def add(self, name):
        """Starts a cluster; gives it once its API server and its controllers run."""
        cluster = Cluster(self, name)
        self.clusters.append(cluster)
        cluster.start()
        return cluster

    def stop(self):
        for folder in [p for p in self.folder.glob("*") if p.is_dir()]:
            Processes(self.etcd.program, folder).stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


def write_kubeconfig(clusters, path):
    """One context for each cluster, by its name; the first is the current one."""
    named = lambda key, value: [{"name": c.name, key: value(c)} for c in clusters]
    config = {"apiVersion": "v1", "kind": "Config", "current-context": clusters[0].name,
              "clusters": named("cluster", lambda c: {
                  "server": c.url, "certificate-authority-data": c.keys.data("ca.crt")}),
              "users": named("user", lambda c: {
                  "client-certificate-data": c.keys.data("admin.crt"),
                  "client-key-data": c.keys.data("admin.key")}),
              "contexts": named("context", lambda c: {"cluster": c.name, "user": c.name})}
    pathlib.Path(path).write_text(json.dumps(config))


class Cluster:
    def __init__(self, bed, name):
        self.bed, self.name = bed, name
        self.processes = Processes(bed.etcd.program, bed.folder / name)
        self.folder = self.processes.folder
        self.port, self.kwok_port = free_ports(2)
        self.url = f"https://127.0.0.1:{self.port}"
        self.kubeconfig = str(self.folder / "kubeconfig")

    def start(self):
        self.make_keys()
        write_kubeconfig([self], self.kubeconfig)
        self.start_api_server()
        self.start_controllers()
        self.start_nodes()
        self.processes.expect_alive()

    def make_keys(self):
        self.keys = Keys(self.folder / "pki")
        inside = "DNS:kubernetes.default.svc"
        names = ["IP:127.0.0.1", "IP:10.96.0.1", "DNS:localhost", "DNS:kubernetes",
                 "DNS:kubernetes.default", inside, f"{inside}.cluster.local"]
        self.keys.certificate("server", "/CN=kube-apiserver", "serverAuth", ",".join(names))
        self.keys.certificate("admin", "/O=system:masters/CN=admin", "clientAuth")
        self.keys.key("accounts")
        self.keys.openssl("ec", "-in", self.keys.path("accounts.key"), "-pubout", "-out",
                          self.keys.path("accounts.pub"))
        self.token = os.urandom(16).hex()
        (self.folder / "pki/tokens.csv").write_text(f"{self.token},admin,admin,system:masters\n")

    def start_api_server(self):
        sock = self.folder / "egress.sock"
        (self.folder / "egress.yaml").write_text(json.dumps({
            "apiVersion": "apiserver.k8s.io/v1beta1", "kind": "EgressSelectorConfiguration",
            "egressSelections": [{"name": "cluster", "connection": {
                "proxyProtocol": "HTTPConnect", "transport": {"uds": {"udsName": str(sock)}}}}]}))
        self.processes.start("egress-proxy", f"--uds={sock}", f"--kubeconfig={self.kubeconfig}")
        keys = self.keys.path
        self.processes.start(
            "kube-apiserver", f"--etcd-servers={self.bed.etcd_url}", f"--etcd-prefix=/{self.name}",
            "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", f"--secure-port={self.port}",
            "--endpoint-reconciler-type=none", f"--tls-cert-file={keys('server.crt')}",
            f"--tls-private-key-file={keys('server.key')}", f"--client-ca-file={keys('ca.crt')}",
            f"--token-auth-file={keys('tokens.csv')}", "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={keys('accounts.pub')}",
            f"--service-account-signing-key-file={keys('accounts.key')}",
            "--service-cluster-ip-range=10.96.0.0/16", "--allow-privileged=true",
            f"--egress-selector-config-file={self.folder}/egress.yaml")
        self.processes.until("the API server", lambda: answers(
            f"{self.url}/readyz", keys("ca.crt"), self.token))

    def start_controllers(self):
        common = [f"--kubeconfig={self.kubeconfig}", "--secure-port=0", "--leader-elect=false",
                  "--kube-api-qps=200", "--kube-api-burst=400"]
        self.processes.start(
            "kube-controller-manager", *common,
            f"--service-account-private-key-file={self.keys.path('accounts.key')}",
            f"--root-ca-file={self.keys.path('ca.crt')}",
            f"--cluster-signing-cert-file={self.keys.path('ca.crt')}",
            f"--cluster-signing-key-file={self.keys.path('ca.key')}")
        self.processes.start("kube-scheduler", *common)

    def start_nodes(self):
        stages = subprocess.run([self.processes.program, "kwok-stages"], capture_output=True,
                                text=True, check=True).stdout
        (self.folder / "kwok.yaml").write_text(f"{stages}---\n{json.dumps(LOAD_BALANCERS)}\n")
        self.processes.start(
            "kwok", f"--kubeconfig={self.kubeconfig}", f"--config={self.folder}/kwok.yaml",
            "--manage-all-nodes", "--cidr=10.244.0.0/16", "--node-ip=127.0.0.1",
            f"--node-port={self.kwok_port}", "--node-lease-duration-seconds=40",
            f"--server-address=127.0.0.1:{self.kwok_port}")
        self.create("/api/v1/nodes", node("node-1"))

    def create(self, path, value):
        request = urllib.request.Request(
            self.url + path, json.dumps(value).encode(), method="POST",
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        context = ssl.create_default_context(cafile=self.keys.path("ca.crt"))
        with urllib.request.urlopen(request, timeout=30, context=context):
            pass


# kwok has no cloud behind it, and kube-controller-manager alone gives no Service an address.
LOAD_BALANCERS = {
    "apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "Stage", "metadata": {"name": "load-balancers"},
    "spec": {
        "resourceRef": {"apiGroup": "v1", "kind": "Service"},
        "selector": {"matchExpressions": [
            {"key": ".spec.type", "operator": "In", "values": ["LoadBalancer"]},
            {"key": ".status.loadBalancer.ingress", "operator": "DoesNotExist"},
            {"key": ".metadata.deletionTimestamp", "operator": "DoesNotExist"}]},
        "next": {"statusTemplate": 'loadBalancer:\n  ingress:\n  - ip: '
                                   '{{ .spec.clusterIP | replace "10.96." "198.18." | Quote }}\n'}}}


def node(name):
    room = {"cpu": "32", "memory": "256Gi", "pods": "110"}
    labels = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
              "kubernetes.io/arch": "amd64"}
    return {"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "labels": labels,
                         "annotations": {"kwok.x-k8s.io/node": "fake"}},
            "status": {"allocatable": room, "capacity": room}}
