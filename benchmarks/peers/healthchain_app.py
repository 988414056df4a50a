"""A CDS Hooks endpoint of HealthChain that has prefetch parsed as its pipelines do and answers one
constant card: `python healthchain_app.py PORT`, in an environment that has HealthChain.
"""

from __future__ import annotations

import logging
import sys

import uvicorn
from healthchain.gateway import CDSHooksService, HealthChainAPI
from healthchain.io import CdsFhirAdapter
from healthchain.models.requests.cdsrequest import CDSRequest
from healthchain.models.responses.cdsresponse import Card, CDSResponse, Source

service = CDSHooksService()


@service.hook("order-select", id="b12-order-select")
def answer(request: CDSRequest) -> CDSResponse:
    """Parse what came into models and answer the same always."""
    CdsFhirAdapter().parse(request.model_copy(update={"fhirServer": None}))
    card = Card(summary="Constant", indicator="info", source=Source(label="HealthChain"))
    return CDSResponse(cards=[card])


logging.disable(logging.WARNING)
app = HealthChainAPI()
app.register_service(service, path="/cds")
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
