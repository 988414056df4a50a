"""HTTP: the hooks, the refusals, and what holds for every request."""

from cds_service.web.admission import MOST_AT_ONCE
from cds_service.web.deployment import (
    CONFIG_KEY,
    Deployment,
    build_deployment,
    this_deployment,
)
from cds_service.web.error_responses import refusal_of
from cds_service.web.health import known_case_holds
from cds_service.web.hook_endpoint import answer_hooks, count_refused
from cds_service.web.http_rules import (
    ask_for_password,
    cors_headers,
    json_answer,
    read_body,
    tidy_paths,
)

__all__ = [
    "CONFIG_KEY",
    "MOST_AT_ONCE",
    "Deployment",
    "answer_hooks",
    "ask_for_password",
    "build_deployment",
    "cors_headers",
    "count_refused",
    "json_answer",
    "known_case_holds",
    "read_body",
    "refusal_of",
    "this_deployment",
    "tidy_paths",
]
