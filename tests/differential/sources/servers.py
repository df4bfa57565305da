"""Servers of charts on loopback: the real OCI registry in several settings, a token service, and a
repository over HTTP and HTTPS that notes who asks for what with which credentials."""
import base64
import contextlib
import http.server
import json
import pathlib
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

USER, PASSWORD = "alice", "s3cret:with colon"
BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, **options).stdout


class Authority:
    """A CA and a certificate for 127.0.0.1, in files."""

    def __init__(self, folder):
        self.ca, self.cert, self.key = (str(folder / n) for n in ("ca.pem", "tls.pem", "tls.key"))
        ca_key, request, names = (str(folder / n) for n in ("ca.key", "tls.csr", "names"))
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
            "/CN=test CA", "-keyout", ca_key, "-out", self.ca)
        run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=server",
            "-keyout", self.key, "-out", request)
        pathlib.Path(names).write_text("subjectAltName=IP:127.0.0.1\n")
        run("openssl", "x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", ca_key, "-days",
            "2", "-set_serial", "2", "-extfile", names, "-out", self.cert)


class Web:
    """An HTTP server whose pages are a dictionary of path → bytes, or of path → function."""

    def __init__(self, authority=None):
        self.pages, self.seen, self.protected, self.redirects = {}, [], set(), {}
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path, _, query = self.path.partition("?")
                authorization = self.headers.get("Authorization", "")
                web.seen.append((path, authorization))
                if path in web.redirects:
                    return self.answer(302, b"", Location=web.redirects[path])
                if any(path.startswith(p) for p in web.protected) and authorization != BASIC:
                    return self.answer(401, b"", **{"WWW-Authenticate": 'Basic realm="charts"'})
                page = web.pages.get(path)
                if page is None:
                    return self.answer(404, b"nothing here")
                if callable(page):
                    return page(self, query)
                return self.answer(200, page)

            def answer(self, status, body, **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a client that hung up
        if authority:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(authority.cert, authority.key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"{'https' if authority else 'http'}://{self.host}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve_folder(self, folder, prefix):
        for path in pathlib.Path(folder).rglob("*"):
            if path.is_file():
                self.pages[f"{prefix}/{path.relative_to(folder)}"] = path.read_bytes()

    def credentials_seen(self):
        return [path for path, authorization in self.seen if authorization]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Registry:
    """The registry of distribution/v3; `settings` are merged into its configuration."""

    def __init__(self, program, folder, settings=None, scheme="http"):
        self.folder = folder
        folder.mkdir()
        for _ in range(5):
            self.host = f"127.0.0.1:{free_port()}"
            config = {"version": "0.1", "log": {"level": "error"},
                      "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
                      "http": {"addr": self.host}}
            for key, value in (settings or {}).items():
                config.setdefault(key, {}).update(value)
            (folder / "config.yml").write_text(json.dumps(config))
            with open(folder / "log", "w") as log:
                self.process = subprocess.Popen([program, "serve", str(folder / "config.yml")],
                                                stdout=log, stderr=log)
            if self.ready(f"{scheme}://{self.host}/v2/"):
                return
            self.close()
        raise SystemExit("the registry does not start:\n" + (folder / "log").read_text())

    def ready(self, url):
        context = ssl._create_unverified_context()
        for _ in range(600):
            if self.process.poll() is not None:
                return False
            try:
                urllib.request.urlopen(url, timeout=5, context=context)
                return True
            except urllib.error.HTTPError:
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=30)


class TokenService:
    """Issues tokens that the registry accepts: everybody may pull public/…, USER everything."""

    def __init__(self, authority, service):
        self.authority, self.service, self.asked = authority, service, []
        der = run("openssl", "x509", "-in", authority.cert, "-outform", "DER")
        self.chain = [base64.b64encode(der).decode()]
        self.web = Web()
        self.web.pages["/token"] = self.token
        self.realm = self.web.url + "/token"

    def settings(self):
        return {"auth": {"token": {"realm": self.realm, "service": self.service, "issuer": "test",
                                   "rootcertbundle": self.authority.ca}}}

    def token(self, handler, query):
        asked = urllib.parse.parse_qs(query)
        authorization = handler.headers.get("Authorization", "")
        self.asked.append((asked, authorization))
        if authorization and authorization != BASIC:
            return handler.answer(401, b'{"errors":[{"code":"UNAUTHORIZED","message":"who?"}]}')
        access = []
        for scope in " ".join(asked.get("scope", [])).split():
            kind, name, actions = scope.split(":")
            if authorization or name.startswith("public/"):
                access.append({"type": kind, "name": name, "actions": actions.split(",")})
        token = self.sign({"iss": "test", "sub": USER, "aud": self.service, "access": access,
                           "exp": int(time.time()) + 300, "nbf": int(time.time()) - 60,
                           "iat": int(time.time()), "jti": str(len(self.asked))})
        return handler.answer(200, json.dumps({"token": token}).encode())

    def close(self):
        self.web.close()

    def sign(self, claims):
        def part(value):
            return base64.urlsafe_b64encode(value).rstrip(b"=")
        head = {"typ": "JWT", "alg": "RS256", "x5c": self.chain}
        text = part(json.dumps(head).encode()) + b"." + part(json.dumps(claims).encode())
        signature = run("openssl", "dgst", "-sha256", "-sign", self.authority.key, input=text)
        return (text + b"." + part(signature)).decode()


@contextlib.contextmanager
def closing_all():
    """Gives a function that takes servers, which are closed at the end."""
    servers = []

    def keep(server):
        servers.append(server)
        return server
    try:
        yield keep
    finally:
        for server in reversed(servers):
            server.close()
