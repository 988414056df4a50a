"""Which medicine is this: products by their codes and words, their ingredients and strengths."""

from fhir_mappings.products.forms import form_of_words
from fhir_mappings.products.identify import b12_given_beside, identify_product, names_nothing
from fhir_mappings.products.ingredient_strengths import item_of
from fhir_mappings.products.name_parts import split_name
from fhir_mappings.products.near_names import near_b12_name, read_nearly
from fhir_mappings.products.product import Form, Ingredient, Product

__all__ = [
    "Form",
    "Ingredient",
    "Product",
    "b12_given_beside",
    "form_of_words",
    "identify_product",
    "item_of",
    "names_nothing",
    "near_b12_name",
    "read_nearly",
    "split_name",
]
