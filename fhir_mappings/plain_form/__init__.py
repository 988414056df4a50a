"""Orders in plain form: valid by a short table, so that the models need not be loaded for them."""

from fhir_mappings.plain_form.plain_form import is_plain

__all__ = ["is_plain"]
