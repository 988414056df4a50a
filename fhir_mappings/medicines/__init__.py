"""What the record says of medicines: products, strengths, dosage, timing, orders and use."""

from fhir_mappings.medicines.dosage import read_phases
from fhir_mappings.medicines.dose_amounts import reads_dose_unit
from fhir_mappings.medicines.doses import read_events
from fhir_mappings.medicines.medication_orders import (
    BASIS,
    LEADS_NOWHERE,
    STATED,
    InCourse,
    Siblings,
    cite_medicine,
    find_product,
    first_day,
    is_nameless,
    is_unresolved,
    medication_target,
    read_orders,
)
from fhir_mappings.medicines.medications import (
    MedicationFacts,
    find_nameless,
    map_medications,
    may_matter,
)
from fhir_mappings.medicines.near_names import near_b12_name
from fhir_mappings.medicines.products import Form, Product, identify_product, names_nothing

__all__ = [
    "BASIS",
    "LEADS_NOWHERE",
    "STATED",
    "Form",
    "InCourse",
    "MedicationFacts",
    "Product",
    "Siblings",
    "cite_medicine",
    "find_nameless",
    "find_product",
    "first_day",
    "identify_product",
    "is_nameless",
    "is_unresolved",
    "map_medications",
    "may_matter",
    "medication_target",
    "names_nothing",
    "near_b12_name",
    "read_events",
    "read_orders",
    "read_phases",
    "reads_dose_unit",
]
