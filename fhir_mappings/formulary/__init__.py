"""The products that a site has, checked by the product's own readers (Q62)."""

from fhir_mappings.formulary.formulary import BUILT_IN, FormularyRow, excipients_of, read_formulary
from fhir_mappings.formulary.site_units import check_units

__all__ = [
    "BUILT_IN",
    "FormularyRow",
    "check_units",
    "excipients_of",
    "read_formulary",
]
