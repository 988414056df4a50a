"""The settings of gunicorn, looked up once."""

from __future__ import annotations

from typing import Any


class Settled:
    """The settings of gunicorn as they are when a worker begins: each is asked for again and again
    by every request, and gunicorn looks each up by two calls.
    """

    def __init__(self, settings: Any) -> None:
        self.__dict__.update({name: setting.get() for name, setting in settings.settings.items()})
        self.is_ssl = settings.is_ssl
        self._settings = settings

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_settings"], name)
