"""The workbench: one page that shows what the service sees in a request, what it decides, and
why.
"""

from cds_service.workbench.prepared import resolve_dates
from cds_service.workbench.views import workbench_blueprint

__all__ = ["resolve_dates", "workbench_blueprint"]
