"""The servers that are compared, all with the options of the production server: `python -m
benchmarks.served.servers KIND PORT WORKERS FOLDER`.

`bare` is Flask and orjson alone in gunicorn's own threaded worker: it parses the body and answers a
constant. `typed` is the same, and has fhir.resources parse the whole prefetch besides. `service` is
the service, `tokens` the service for a registered client, `models` the service that has
fhir.resources parse the whole prefetch besides.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask, Response, request
from jwt.algorithms import ECAlgorithm

from benchmarks.scenarios.bodies import AS_OF
from cds_service.server import Server, server_options, tune_collector
from cds_service.site import Client, Settings, demonstration
from cds_service.web.http_rules import WsgiApp

PATH = "/cds-services/b12-order-select"
ISSUER = "https://ehr.example.org"
ANSWER = orjson.dumps({"cards": [], "filling": "x" * 3000})


def bare_app() -> Flask:
    """Return the bare endpoint: one route that parses the body and answers a constant."""
    app = Flask("bare")

    @app.post(PATH)
    def answer() -> Response:
        orjson.loads(request.stream.read())
        return Response(ANSWER, mimetype="application/json")

    @app.get("/health/ready")
    def ready() -> Response:
        return Response(b"{}", mimetype="application/json")

    return app


class BareServer(Server):
    """The bare endpoint in the same server."""

    def load(self) -> Flask:
        """Build the application of one route."""
        app = bare_app()
        tune_collector()
        return app


class TypedServer(BareServer):
    """The bare endpoint that has every prefetched resource parsed into its model first."""

    def load(self) -> Flask:
        """Build the application of one route with the parsing in front of it."""
        app = super().load()
        app.wsgi_app = _parse_into_models(app.wsgi_app)  # type: ignore[assignment, method-assign]
        return app


class FixedDayServer(Server):
    """The service on the day that the record was made for."""

    def load(self) -> Flask:
        """Build the service and let it look at a fixed calendar."""
        app = super().load()
        from cds_service.web.deployment import CONFIG_KEY

        app.config[CONFIG_KEY] = msgspec.structs.replace(
            app.config[CONFIG_KEY], today=lambda: AS_OF
        )
        return app


class ModelsServer(FixedDayServer):
    """The service that has every prefetched resource parsed into its model first."""

    def load(self) -> Flask:
        """Build the service with the parsing in front of it."""
        app = super().load()
        app.wsgi_app = _parse_into_models(app.wsgi_app)  # type: ignore[assignment, method-assign]
        return app


def _parse_into_models(app: WsgiApp) -> WsgiApp:
    def parsed(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            body = environ["wsgi.input"].read()
            environ["wsgi.input"] = io.BytesIO(body)  # for the service, which reads it after us
            for part in orjson.loads(body)["prefetch"].values():
                for resource in [entry["resource"] for entry in part.get("entry", ())] or [part]:
                    _model(resource["resourceType"]).model_validate(resource)
        return app(environ, start_response)

    return parsed


def _model(kind: str) -> Any:
    return getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)


def read_private_key(folder: Path) -> ec.EllipticCurvePrivateKey:
    """Return the key of the measuring client, made on first use."""
    path = folder / "client.jwk"
    if not path.exists():
        path.write_text(ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP384R1())))
    return ECAlgorithm.from_jwk(path.read_text())  # type: ignore[return-value]


def settings_of(kind: str, folder: Path, port: int) -> Settings:
    """Return the demonstration profile with a database of its own, and with a client where tokens
    are measured.
    """
    settings = replace(
        demonstration(f"http://127.0.0.1:{port}"), store_url=f"sqlite:///{folder}/{kind}.db"
    )
    if kind != "tokens":
        return settings
    public = json.loads(ECAlgorithm.to_jwk(read_private_key(folder).public_key())) | {
        "kid": "bench"
    }
    return replace(
        settings, clients=(Client("Bench", iss=ISSUER, keys=(public,), algorithms=("ES384",)),)
    )


def main() -> None:
    """Serve until SIGTERM."""
    kind, port, workers, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    kinds = {
        "bare": BareServer,
        "typed": TypedServer,
        "service": FixedDayServer,
        "tokens": FixedDayServer,
        "models": ModelsServer,
    }
    options = server_options("127.0.0.1", port, workers)
    if kind in ("bare", "typed"):
        options |= {"worker_class": "gthread"}  # what anybody has who serves Flask
    settings = settings_of(kind, folder, port)
    kinds[kind](settings, options, lambda: settings).run()


if __name__ == "__main__":
    main()
