"""CDS Hooks on the wire: services, requests, prefetch, JSON and errors."""

from cds_service.protocol.bundles import (
    MORE_PAGES,
    bundles_within,
    empty_entries,
    lacks_some,
    resources_within,
    why_not_whole,
)
from cds_service.protocol.errors import Problem, bad_request, kind_of, operation_outcome
from cds_service.protocol.hook_request import (
    HOOK_ROWS,
    HOOKS,
    MEDICATION_REFILL,
    NO_SERVER,
    OF_THE_CONTEXT,
    ORDER_HOOKS,
    ORDER_SIGN,
    PATIENT_VIEW,
    HookRequest,
    Reviewed,
    parse_hook_request,
)
from cds_service.protocol.json_text import (
    read_all_but_prefetch,
    read_json,
    write_canonical,
    write_json,
)
from cds_service.protocol.plain_text import (
    make_all_visible,
    make_cell,
    make_json_visible,
    make_plain,
    make_visible,
)
from cds_service.protocol.prefetch import NOT_SENT, TYPES, Reading, is_failure, read_part
from cds_service.protocol.services import BASE, SHARED_ID, Service, build_prefetch, build_services

__all__ = [
    "BASE",
    "HOOKS",
    "HOOK_ROWS",
    "MEDICATION_REFILL",
    "MORE_PAGES",
    "NOT_SENT",
    "NO_SERVER",
    "OF_THE_CONTEXT",
    "ORDER_HOOKS",
    "ORDER_SIGN",
    "PATIENT_VIEW",
    "SHARED_ID",
    "TYPES",
    "HookRequest",
    "Problem",
    "Reading",
    "Reviewed",
    "Service",
    "bad_request",
    "build_prefetch",
    "build_services",
    "bundles_within",
    "empty_entries",
    "is_failure",
    "kind_of",
    "lacks_some",
    "make_all_visible",
    "make_cell",
    "make_json_visible",
    "make_plain",
    "make_visible",
    "operation_outcome",
    "parse_hook_request",
    "read_all_but_prefetch",
    "read_json",
    "read_part",
    "resources_within",
    "why_not_whole",
    "write_canonical",
    "write_json",
]
