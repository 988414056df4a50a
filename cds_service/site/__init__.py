"""The site's settings, the file they are read from, and its keys."""

from cds_service.site.client_profiles import GENERIC_2_0, PROFILES
from cds_service.site.clients import (
    DEMONSTRATION_CLIENT,
    Client,
    client_of_profile,
    demonstration_client,
)
from cds_service.site.keys import ALGORITHMS, PublicKey, read_authorities, read_keys
from cds_service.site.knowledge import (
    PACKAGES,
    TABLES,
    digest_of,
    knowledge_version,
    program_version,
    terminology_version,
)
from cds_service.site.loading import check_config, load_settings
from cds_service.site.modes import (
    CRITICAL_MODES,
    DEFAULT,
    LIVE,
    SHARE,
    Approval,
    Mode,
    ends_of_approvals,
    read_mode,
)
from cds_service.site.settings import (
    DEMONSTRATION,
    EXPECTED_DAY,
    LONGEST_CALL_MS,
    Basis,
    Settings,
    day_in,
    demonstration,
    in_force,
    read_day,
    tried_on,
)
from cds_service.site.site_file import SettingsError
from cds_service.site.web_address import WebAddress, is_web_url, read_address, shown_url

__all__ = [
    "ALGORITHMS",
    "CRITICAL_MODES",
    "DEFAULT",
    "DEMONSTRATION",
    "DEMONSTRATION_CLIENT",
    "EXPECTED_DAY",
    "GENERIC_2_0",
    "LIVE",
    "LONGEST_CALL_MS",
    "PACKAGES",
    "PROFILES",
    "SHARE",
    "TABLES",
    "Approval",
    "Basis",
    "Client",
    "Mode",
    "PublicKey",
    "Settings",
    "SettingsError",
    "WebAddress",
    "check_config",
    "client_of_profile",
    "day_in",
    "demonstration",
    "demonstration_client",
    "digest_of",
    "ends_of_approvals",
    "in_force",
    "is_web_url",
    "knowledge_version",
    "load_settings",
    "program_version",
    "read_address",
    "read_authorities",
    "read_day",
    "read_keys",
    "read_mode",
    "shown_url",
    "terminology_version",
    "tried_on",
]
