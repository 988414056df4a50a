"""The production server: gunicorn with threads, one preloaded and warmed-up application, and a
graceful stop.
"""

from __future__ import annotations

import gc
import os
import resource
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication
from prometheus_client import values

from cds_service.site import Settings, SettingsError, demonstration, ends_of_approvals, in_force
from cds_service.telemetry import (
    MetricFiles,
    WorkerCounts,
    configure_logs,
    never_wait_for_a_reader,
)
from cds_service.web import CONFIG_KEY, MOST_AT_ONCE, Deployment, cors_headers, count_refused
from cds_service.wire import LONGEST_LINE

log = structlog.get_logger(__name__)

THREADS = MOST_AT_ONCE + 16
"""Calls that are answered, and beside them threads that refuse what comes beyond and answer health
checks.
"""

MOST_CONNECTIONS = 1000
FILES_FOR_THE_REST = 256

IN_MEMORY = "/dev/shm"

LONGEST_BACKLOG = 1024
"""Connections that wait to be accepted."""

GRACEFUL_SECONDS = 20
"""How long calls that are being answered may take after SIGTERM."""

COLLECTOR_THRESHOLDS = (50_000, 20, 50)
"""Parsing a request makes tens of thousands of objects that all live as long as the call;
collecting among them halves the speed.
"""

NO_LONGER_PRODUCTION = (
    'profile: found "demonstration", which is that of an empty file too, expected "production" as '
    "when the service started; another profile takes a restart."
)


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with our options instead of a command line."""

    def __init__(
        self, settings: Settings, options: dict[str, Any], read_again: Callable[[], Settings]
    ) -> None:
        self._settings = settings
        self._options = options
        self._read_again = read_again
        self.connections = WorkerCounts()  # of each worker, so that none takes most of them
        self.callable: Flask | None = None
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn its options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def reload(self) -> None:
        """Begin again with the site file as it is now (SIGHUP): workers with the new settings take
        the calls to come, the old ones finish theirs. A file that cannot be used is logged, and
        everything stays as it was.
        """
        settings, app = self._settings, self.callable
        gc.unfreeze()  # so that the application of before can go
        try:
            self._settings = self._read_again()
            self.callable = self.load()
            today = self.callable.config[CONFIG_KEY].today()
            policy = in_force(self._settings, today).policy
            log.info("site file read again", policy=policy.version)
        except Exception as error:  # noqa: BLE001 - a server that runs does not end for a file
            self._settings, self.callable = settings, app
            tune_collector()
            log.error("site file not used, all stays as it was", why=why_not(error))
        super().reload()

    @property
    def longest_body(self) -> int:
        """Bytes of a body that are read; the worker refuses a longer one before it comes."""
        return self._settings.body_bytes

    def cors_headers(self, origin: str | None) -> tuple[tuple[str, str], ...]:
        """What lets a browser client read a refusal by the server itself (R36, R141)."""
        return cors_headers(self._settings, origin)

    def note_refused(self, head: bytes, status: int) -> None:
        """Count a call of a hook that the server refused itself, as the others are (R145)."""
        if self.callable:
            count_refused(self.callable.config[CONFIG_KEY], head, status)

    def load(self) -> Flask:
        """Build and warm up the application before the workers are forked, so that they share its
        memory.
        """
        gc.disable()  # until tune_collector: nothing of what is loaded is garbage
        from cds_service.app import create_app
        from cds_service.warm_up import warm_up

        configure_logs()
        app = create_app(self._settings)
        _say_what_ends(app.config[CONFIG_KEY])
        warm_up(app)
        tune_collector()
        return app


def why_not(error: Exception) -> str:
    """Say why a site file is not used: what is wrong in it, of anything else its kind only."""
    return str(error) if isinstance(error, SettingsError) else type(error).__name__


def _say_what_ends(deployment: Deployment) -> None:
    """Log the approvals that have ended, and with them settings that are at their defaults again,
    and those that end soon.
    """
    policy, approvals = deployment.settings.policy, deployment.settings.approvals
    for sentence in ends_of_approvals(policy, approvals, deployment.today()):
        log.warning("approval", what=sentence)


def tune_collector() -> None:
    """Leave what was built so far out of every collection, so that workers keep sharing it, and
    collect less often. The garbage in it, 0.2 MB, is left too: looking for it would take a
    fifteenth of the start.
    """
    gc.freeze()
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    gc.enable()


def serve(read_settings: Callable[[], Settings], host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or SIGINT; calls that are being answered are finished first. SIGHUP reads
    the settings again, and never opens a production service to callers without a token: an emptied
    site file is that of the demonstration.
    """

    def read() -> Settings:
        settings = read_settings()
        if settings.public_url != demonstration().public_url:
            return settings
        return replace(settings, public_url=f"http://{_bracketed(host)}:{port}")

    def read_again() -> Settings:
        changed = read()
        if settings.is_production and not changed.is_production:
            raise SettingsError([NO_LONGER_PRODUCTION])
        return changed

    settings = read()
    never_wait_for_a_reader()
    options = server_options(host, port, workers)
    options["when_ready"] = lambda arbiter: log.info(
        "listening",
        address=str(arbiter.LISTENERS[0]),
        public_url=settings.public_url,
        profile=settings.profile,
        workbench=settings.url_of("/workbench/") if settings.workbench else "off",
    )
    if workers > 1:
        options |= _share_metrics()
    Server(settings, options, read_again).run()


def _share_metrics() -> dict[str, Any]:
    """Let the workers count together in a folder; one that is made here is removed when the server
    ends, and by nobody else. Its files are mapped into memory: on a disk that is full, a worker
    would be killed (SIGBUS) at its first count, and so would each that takes its place.
    """
    options: dict[str, Any] = {}
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        folder = mkdtemp(prefix="b12-cds-metrics-", dir=folder_in_memory())
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder

        def end(arbiter: Any) -> None:
            _after_the_workers(arbiter)
            shutil.rmtree(folder, ignore_errors=True)

        options["on_exit"] = end  # run by the main process, not by its workers
    files = MetricFiles(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
    values.ValueClass = values.MultiProcessValue(  # type: ignore[no-untyped-call]
        process_identifier=files.number
    )
    return options


def server_options(host: str, port: int, workers: int) -> dict[str, Any]:
    """Return the options of gunicorn."""
    return {
        "bind": f"{_bracketed(host)}:{port}",
        "workers": workers,
        "worker_class": "cds_service.wire.worker.Worker",
        "worker_connections": most_connections(),
        "sendfile": False,
        "limit_request_line": LONGEST_LINE,
        "threads": THREADS,
        "backlog": LONGEST_BACKLOG,
        "preload_app": True,
        "timeout": 30,
        "graceful_timeout": GRACEFUL_SECONDS,
        "keepalive": 30,
        "forwarded_allow_ips": "",
        "forwarder_headers": "",
        "loglevel": "warning",
        "control_socket_disable": True,
        "worker_tmp_dir": folder_in_memory(),
        "post_worker_init": _prepare_worker,
        "worker_exit": _close_worker,
        "on_exit": _after_the_workers,
    }


def most_connections() -> int:
    """Return how many connections a worker keeps: fewer than files may be open, as databases, logs
    and FHIR servers need some too.
    """
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(100, min(MOST_CONNECTIONS, allowed - FILES_FOR_THE_REST))


def folder_in_memory() -> str | None:
    """Return a folder that no full disk touches; None, the folder for temporary files, where the
    system has none that can be written.
    """
    return IN_MEMORY if os.access(IN_MEMORY, os.W_OK | os.X_OK) else None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _prepare_worker(worker: Any) -> None:
    """Let the other workers know of this one, and it reach its database, before it takes calls."""
    worker.app.connections.note(0, 0)
    deployment = _deployment_of(worker)
    if deployment:
        deployment.store.prepare()
        deployment.store.begin()


def _close_worker(_: Any, worker: Any) -> None:
    """Write what waits to be written before the worker ends."""
    deployment = _deployment_of(worker)
    if deployment:
        deployment.close()


def _after_the_workers(arbiter: Any) -> None:
    """Leave a database of SQLite as one file; run by the main process once all workers ended."""
    deployment = _deployment_in(arbiter.app.callable)
    if deployment:
        deployment.store.database.leave_one_file()


def _deployment_of(worker: Any) -> Deployment | None:
    return _deployment_in(getattr(worker, "wsgi", None))


def _deployment_in(app: object) -> Deployment | None:
    return app.config.get(CONFIG_KEY) if isinstance(app, Flask) else None
