"""The guidance page, and what the pages share."""

from cds_service.pages.guidance import guidance_blueprint
from cds_service.pages.pages import PAGE_HEADERS

__all__ = [
    "PAGE_HEADERS",
    "guidance_blueprint",
]
