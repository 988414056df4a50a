"""The site's settings, the file they are read from, and its keys."""

from cds_service.site.client_profiles import PROFILES, with_profile
from cds_service.site.keys import ALGORITHMS, PublicKey, read_keys
from cds_service.site.settings import (
    DEMONSTRATION_CLIENT,
    Client,
    Settings,
    SettingsError,
    check_config,
    client_of_profile,
    demonstration,
    load_settings,
)
from cds_service.site.web_address import WebAddress, is_web_url, read_address

__all__ = [
    "ALGORITHMS",
    "DEMONSTRATION_CLIENT",
    "PROFILES",
    "Client",
    "PublicKey",
    "Settings",
    "SettingsError",
    "WebAddress",
    "check_config",
    "client_of_profile",
    "demonstration",
    "is_web_url",
    "load_settings",
    "read_address",
    "read_keys",
    "with_profile",
]
