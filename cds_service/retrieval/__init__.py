"""The patient's record, from prefetch and from the client's FHIR server."""

from cds_service.retrieval.addresses import Reach
from cds_service.retrieval.check_server import QueryResult, ServerReport, check_server
from cds_service.retrieval.fhir_client import FhirClient, Retrieval
from cds_service.retrieval.one_patient import read_patient
from cds_service.retrieval.outbound import (
    Outbound,
    TooLate,
    TooLong,
    describe_failure,
    get_within,
    plain_session,
    trust,
)
from cds_service.retrieval.patient_record import (
    assemble_from_prefetch,
    assemble_record,
    describe_availability,
)
from cds_service.retrieval.referenced_medications import (
    Medications,
    find_open_references,
    read_medications,
    with_medications,
    with_supplies,
)

__all__ = [
    "FhirClient",
    "Medications",
    "Outbound",
    "QueryResult",
    "Reach",
    "Retrieval",
    "ServerReport",
    "TooLate",
    "TooLong",
    "assemble_from_prefetch",
    "assemble_record",
    "check_server",
    "describe_availability",
    "describe_failure",
    "find_open_references",
    "get_within",
    "plain_session",
    "read_medications",
    "read_patient",
    "trust",
    "with_medications",
    "with_supplies",
]
