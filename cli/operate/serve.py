"""`b12-cds serve`."""

from __future__ import annotations

import argparse
import socket
from pathlib import Path
from typing import Any

from cli.parsing import Refusal, port_number, positive_number, settings_of


def add_serve(commands: Any) -> None:
    command = commands.add_parser(
        "serve",
        help="serve over HTTP; without a site file the demonstration profile, on loopback only",
    )
    command.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the site file (default: the demonstration profile)",
    )
    command.add_argument(
        "--host", default="127.0.0.1", metavar="H", help="the address to listen on"
    )
    command.add_argument(
        "--port", type=port_number, default=8080, metavar="P", help="the port to listen on"
    )
    command.add_argument(
        "--workers", type=positive_number, default=2, metavar="N", help="worker processes"
    )
    command.set_defaults(run=_serve)


def _serve(chosen: argparse.Namespace) -> int:
    from cds_service.server import serve

    settings = settings_of(chosen)
    if not settings.is_production and chosen.host not in ("127.0.0.1", "::1", "localhost"):
        raise Refusal(
            f'--host: found "{chosen.host}", expected a loopback address, as the demonstration '
            f"profile serves nothing else."
        )
    check_port(chosen.host, chosen.port)
    serve(settings, chosen.host, chosen.port, chosen.workers)
    return 0


def check_port(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, before anything is started."""
    try:
        socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        ).close()
    except OSError as error:
        raise Refusal(
            f"--port: {host}:{port} cannot be listened on: {str(error.strerror).split(' (')[0]}."
        ) from None
