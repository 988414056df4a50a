"""`b12-cds serve`."""

from __future__ import annotations

import argparse
import os
import socket
from typing import Any

from cds_service.site import Settings, SettingsError, load_settings
from cli.parsing import Refusal, port_number, positive_number, settings_of, take_site_file


def add_serve(commands: Any) -> None:
    command = commands.add_parser(
        "serve",
        help="serve over HTTP; without a site file the demonstration profile, on loopback only",
    )
    take_site_file(command)
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

    given = is_socket_given()
    host = "a socket of systemd" if given else chosen.host

    def read() -> Settings:
        settings = load_settings(chosen.config)
        if why := _too_open(settings, host):
            raise SettingsError([why])
        return settings

    if why := _too_open(settings_of(chosen), host):
        raise Refusal(why)
    if not given:
        check_port(chosen.host, chosen.port)
    serve(read, chosen.host, chosen.port, chosen.workers)
    return 0


def is_socket_given() -> bool:
    """Return whether systemd hands its own socket over (`sd_listen_fds(3)`), which stays open while
    the service is started anew; host and port are that socket's then.
    """
    return os.environ.get("LISTEN_PID") == str(os.getpid())


def _too_open(settings: Settings, host: str) -> str:
    """Say why these settings are not served at an address; empty when they may be."""
    if settings.is_production or host in ("127.0.0.1", "::1", "localhost"):
        return ""
    return (
        f'--host: found "{host}", expected a loopback address, as the demonstration profile '
        f"serves nothing else."
    )


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
