"""The products that a site has, checked by the product's own readers (Q62)."""

from fhir_mappings.formulary.formulary import BUILT_IN, FormularyRow, excipients_of, read_formulary

__all__ = [
    "BUILT_IN",
    "FormularyRow",
    "excipients_of",
    "read_formulary",
]
