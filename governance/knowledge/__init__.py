"""What is to be known of the knowledge: source attributes, the manifest, who reviews it when."""

from governance.knowledge.attributes import attributes_as_json, list_attributes
from governance.knowledge.difference import compare_decisions, compare_manifests
from governance.knowledge.manifest import make_manifest
from governance.knowledge.reviews import list_reviews, overdue
from governance.knowledge.scenarios import decide_all

__all__ = [
    "attributes_as_json",
    "compare_decisions",
    "compare_manifests",
    "decide_all",
    "list_attributes",
    "list_reviews",
    "make_manifest",
    "overdue",
]
