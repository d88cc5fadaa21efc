"""OpenSearch nodes of the test's own: plain ones, and one with the security plugin."""

from __future__ import annotations

import base64
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "infra/local"))

import processes
import tools
from services import HOST, INHERITED, JVM_FLAGS, NO_PROXY

HERE = Path(__file__).resolve().parent
BINARIES = ROOT / os.environ.get("LOCAL_BINARIES", "target/release")
SECURITY_VERSION = "3.4.0.0"
SECURITY = tools.TOOLS / f"opensearch-security-{SECURITY_VERSION}"
HEAP = "1g"
START_S = 120
STOP_S = 30


class Node:
    """A cluster of one node, which ends with the test."""

    def __init__(self, version: str, settings: dict[str, str], libraries: list[Path] | None = None) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="trailsearch-organization-"))
        self.config.mkdir(parents=True)
        self.prepare()
        self.http, self.transport = processes.free_ports(2)
        java = tools.find_java(version)
        if not tools.jars(version).is_dir():
            tools.fetch_jars(version, java)
        jars = [*sorted(tools.jars(version).glob("*.jar")), *(libraries or [])]
        flags = [f"-Dset.{name}={value}" for name, value in settings.items()]
        program = ["-cp", ":".join(map(str, jars)), str(ROOT / "infra/local/Node.java")]
        command = [str(java), f"-Xms{HEAP}", f"-Xmx{HEAP}", *JVM_FLAGS, *self.flags(), *flags, *program]
        arguments = [str(self.home), "1", str(self.http), str(self.transport)]
        self.process = processes.start(command + arguments, environment(), self.home, self.home / "log")
        if not processes.wait_until(self.is_ready, START_S, pause_s=1):
            self.remove()
            raise TimeoutError("the node does not start")

    @property
    def config(self) -> Path:
        """The folder of the node's configuration."""
        return self.home / "node_1/config"

    @property
    def endpoint(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.http}"

    def prepare(self) -> None:
        """Puts into the configuration what has to be there before the start."""

    def flags(self) -> list[str]:
        """More flags of the JVM."""
        return []

    def is_ready(self) -> bool:
        """Whether it takes requests."""
        try:
            return self.ask("GET", "/_cluster/health")[0] == 200
        except OSError:
            return False

    def ask(self, method: str, path: str, body: Any = None, user: str | None = None) -> tuple[int, Any]:
        """What the node answers: the status and the body."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.endpoint + path, data, headers, method=method)
        try:
            with self.opener(request, user).open(request, timeout=60) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def opener(self, request: urllib.request.Request, user: str | None) -> urllib.request.OpenerDirector:
        """Who asks, past every proxy."""
        return urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def trailsearch(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Runs the command line."""
        env = environment() | {"OPENSEARCH_ENDPOINT": self.endpoint} | settings
        return subprocess.run([BINARIES / "trailsearch", *arguments], env=env, capture_output=True, text=True)

    def stop(self) -> None:
        """Ends it."""
        processes.stop(self.process, STOP_S)

    def remove(self) -> None:
        """Ends it and leaves nothing behind."""
        self.stop()
        shutil.rmtree(self.home)


class SecureNode(Node):
    """One with TLS and the security plugin, which knows users, roles and an administrator's certificate."""

    PASSWORD = "Correct-horse-battery-1"

    def __init__(self) -> None:
        fetch_security()
        tls = {"pemcert_filepath": "node.pem", "pemkey_filepath": "node.key", "pemtrustedcas_filepath": "ca.pem"}
        settings = {f"plugins.security.ssl.{part}.{name}": tls[name] for part in ("transport", "http") for name in tls}
        settings |= {
            "plugins.security.ssl.http.enabled": "true",
            "plugins.security.authcz.admin_dn": "CN=admin",
            "plugins.security.nodes_dn": "CN=node",
            "plugins.security.allow_default_init_securityindex": "true",
            "plugins.security.audit.type": "noop",
        }
        own = {jar.name for jar in tools.jars(SECURITY_VERSION).glob("*.jar")}
        more = [jar for jar in sorted(SECURITY.glob("*.jar")) if jar.name not in own]
        super().__init__(SECURITY_VERSION, settings, more)

    @property
    def endpoint(self) -> str:
        return f"https://{HOST}:{self.http}"

    def prepare(self) -> None:
        shutil.copytree(SECURITY / "config", self.config / "opensearch-security")
        certificate(self.config / "ca")
        certificate(self.config / "node", signed_by=self.config / "ca")
        certificate(self.config / "admin", signed_by=self.config / "ca")

    def flags(self) -> list[str]:
        return ["-Dplugins=org.opensearch.security.OpenSearchSecurityPlugin"]

    def is_ready(self) -> bool:
        return super().is_ready() and self.ask("GET", "/_plugins/_security/api/roles")[0] == 200

    def opener(self, request: urllib.request.Request, user: str | None) -> urllib.request.OpenerDirector:
        """A user with a password, or else the administrator with the certificate."""
        trust = ssl.create_default_context(cafile=str(self.config / "ca.pem"))
        if user is None:
            trust.load_cert_chain(self.config / "admin.pem", self.config / "admin.key")
        else:
            request.add_header("Authorization", basic(user, self.PASSWORD))
        return urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust))

    def add_user(self, name: str, *backend_roles: str) -> None:
        """Makes a user whom role mappings know by backend roles."""
        body = {"password": self.PASSWORD, "backend_roles": backend_roles}
        status, reply = self.ask("PUT", f"/_plugins/_security/api/internalusers/{name}", body)
        assert status == 201, reply

    def trailsearch_as(self, user: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the command line in the name of a user."""
        login = {"OPENSEARCH_USERNAME": user, "OPENSEARCH_PASSWORD": self.PASSWORD}
        return self.trailsearch(*arguments, OPENSEARCH_CA_FILE=str(self.config / "ca.pem"), **login)


def environment() -> dict[str, str]:
    """What processes see of the caller's environment."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ} | NO_PROXY


def basic(user: str, password: str) -> str:
    """The header of basic authentication."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def certificate(path: Path, signed_by: Path | None = None) -> None:
    """Makes `PATH.key` and `PATH.pem`: an authority, or a certificate for this host that one has signed."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={path.name}"]
    command += ["-keyout", path.with_suffix(".key"), "-out", path.with_suffix(".pem")]
    if signed_by is not None:
        command += ["-CA", signed_by.with_suffix(".pem"), "-CAkey", signed_by.with_suffix(".key")]
        command += ["-addext", f"subjectAltName=IP:{HOST}", "-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(command, check=True, capture_output=True)


def fetch_security() -> None:
    """Fetches the plugin and unpacks it; the folder appears under its name only when complete."""
    if SECURITY.is_dir():
        return
    part = SECURITY.with_name(SECURITY.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    command = ["mvn", "-B", "-q", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
    command += ["-DexcludeTransitive=true", f"-DoutputDirectory={part}"]
    tools.run(f"fetching OpenSearch Security {SECURITY_VERSION} from Maven Central", command)
    with zipfile.ZipFile(next(part.glob("*.zip"))) as plugin:
        plugin.extractall(part)
    part.rename(SECURITY)
