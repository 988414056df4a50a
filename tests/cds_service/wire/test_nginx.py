"""The settings for nginx that the documents give: what the proxy refuses itself is JSON of the
shape that the service refuses with, by nginx itself where it is installed.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from cds_service.protocol import operation_outcome

DOCUMENT = Path(__file__).parents[3] / "docs" / "deploying.md"
NGINX = shutil.which("nginx")


def settings() -> str:
    (found,) = re.findall(r"```nginx\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def test_what_the_proxy_refuses_is_an_operation_outcome() -> None:
    (text,) = re.findall(r"return 200 '(.*?)';", settings(), re.DOTALL)
    told = json.loads(text.replace("$status", "413"))

    shape = operation_outcome("processing", told["issue"][0]["diagnostics"])
    assert told == shape
    (statuses,) = re.findall(r"error_page ([\d ]+) /refused-by-proxy;", settings())
    assert set(statuses.split()) >= {"400", "403", "404", "413", "414", "500", "502", "503", "504"}
    assert "proxy_intercept_errors" not in settings()  # what the service says is left to it


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[str]:
    """Start nginx by the settings, without TLS, before a service that is not there."""
    port, nobody = free_port(), free_port()
    text = re.sub(r"\n\s*ssl_[^\n]*|\n\s*server_name[^\n]*", "", settings())
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    text = text.replace("127.0.0.1:8080", f"127.0.0.1:{nobody}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}\n"
        f"http {{ access_log off; {paths}\n{text}}}\n"
    )
    started = subprocess.Popen([str(NGINX), "-p", str(tmp_path), "-c", str(conf)])
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1200):
            try:
                requests.get(url, timeout=60)
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield url
    finally:
        started.terminate()
        started.wait(60)


@pytest.mark.skipif(NGINX is None, reason="nginx is missing")
@pytest.mark.parametrize(
    ("path", "length", "status"),
    [("/cds-services", 0, 502), ("/b12/metrics", 0, 403), ("/", 10_485_761, 413)],
)
def test_nginx_itself_answers_so(proxy: str, path: str, length: int, status: int) -> None:
    answer = requests.post(proxy + path, data=b" " * length, timeout=60)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    said = f"The proxy before the service says {status}."
    assert answer.json() == operation_outcome("processing", said)
