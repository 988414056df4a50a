"""What the record says of medicines: dosage, orders, doses and use."""

from fhir_mappings.medicines.dosage import read_phases
from fhir_mappings.medicines.dose_amounts import kind_of_dose_unit
from fhir_mappings.medicines.doses import read_events
from fhir_mappings.medicines.medication_orders import (
    BASIS,
    STATED,
    InCourse,
    cite_medicine,
    first_day,
    read_orders,
)
from fhir_mappings.medicines.medication_uses import MedicineUse, day_of_dose, read_any_use
from fhir_mappings.medicines.medications import (
    MedicationFacts,
    denied_words,
    find_nameless,
    lacks_doses,
    map_medications,
    may_matter,
)
from fhir_mappings.medicines.named_medicines import (
    LEADS_NOWHERE,
    Siblings,
    find_product,
    is_nameless,
    is_unresolved,
    medication_target,
    product_named,
)
from fhir_mappings.medicines.routes_and_sites import names_buttock, texts_of_dosage

__all__ = [
    "BASIS",
    "LEADS_NOWHERE",
    "STATED",
    "InCourse",
    "MedicationFacts",
    "MedicineUse",
    "Siblings",
    "cite_medicine",
    "day_of_dose",
    "denied_words",
    "find_nameless",
    "find_product",
    "first_day",
    "is_nameless",
    "is_unresolved",
    "kind_of_dose_unit",
    "lacks_doses",
    "map_medications",
    "may_matter",
    "medication_target",
    "names_buttock",
    "product_named",
    "read_any_use",
    "read_events",
    "read_orders",
    "read_phases",
    "texts_of_dosage",
]
