"""What commands say where somebody else answers than they were meant for: another program has the
port, or a login page stands before it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from cli.main import main

REQUEST = str(Path(__file__).parents[3] / "examples" / "order-select.json")

Answer = Callable[[int, str, str], str]

PAGE = "<!DOCTYPE html><html>Log in</html>"
FOREIGN = '{"cards": [{"summary": "s", "indicator": "info", "source": {"label": "x"}}]}'
HALF = (
    '{"cards": [{"summary": "s", "indicator": "info", "source": {"topic": {"system": '
    '"urn:b12-cds:card", "code": "b1"}}, "suggestions": [{"label": "l", "actions": [%s]}]}]}'
)
"""As of a proxy that cuts answers short, or another version."""


@pytest.fixture
def answering() -> Iterator[Answer]:
    """Yield what starts a server that gives everybody one answer, and returns its address."""
    servers = []

    def start(status: int, kind: str, body: str) -> str:
        @Request.application
        def answer(request: Request) -> Response:
            request.get_data()
            return Response(body, status, content_type=kind, headers={"Location": "/login"})

        server = make_server("127.0.0.1", 0, answer, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", PAGE),
        ("application/json", "[]"),
        ("application/json", "{}"),
        ("application/json", '{"cards": null}'),
        ("application/json", '{"cards": ["x"]}'),
        ("application/json", FOREIGN),
        ("application/json", HALF % "1"),
        ("application/json", HALF % '{"type": "create", "description": "d"}'),
        ("application/json", HALF % '{"type": "update", "description": "d", "resource": {}}'),
    ],
)
def test_an_answer_of_somebody_else_is_one_sentence(
    kind: str, body: str, answering: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    base = answering(200, kind, body)

    assert main(["call", REQUEST, "--url", base]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert "found status 200 without cards of b12-cds; --json shows what came" in told.err
    assert main(["call", REQUEST, "--url", base, "--json"]) == 0
    assert body in capsys.readouterr().out

    assert main(["sandbox", "walk", "Fred Oakes", "--url", base]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "found status 200, expected cards." in err


@pytest.mark.parametrize("status", [302, 403, 502])
def test_a_walk_says_the_status_of_what_is_no_json(
    status: int, answering: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    """It had said that nobody answers."""
    base = answering(status, "text/html", PAGE)
    assert main(["sandbox", "walk", "Fred Oakes", "--url", base]) == 2
    assert f"found status {status}, expected cards" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "said"), [(200, "each was answered 200 with a web page"), (302, "answered 302")]
)
def test_nobody_is_loaded_where_a_login_stands_before_the_server(
    status: int, said: str, answering: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    base = answering(status, "text/html", PAGE)
    assert main(["sandbox", "load", base, "--rule", "N1"]) == 1
    told = capsys.readouterr().out
    assert said in told
    assert told.startswith("0 of ")
