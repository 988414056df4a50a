"""The requests that are measured, and the records in them."""
