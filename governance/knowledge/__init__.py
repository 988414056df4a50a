"""What is to be known of the knowledge: source attributes, the manifest, who reviews it when."""

from governance.knowledge.attributes import attributes_as_json
from governance.knowledge.difference import compare_decisions, compare_manifests
from governance.knowledge.manifest import make_manifest
from governance.knowledge.reviews import overdue
from governance.knowledge.scenarios import decide_all

__all__ = [
    "attributes_as_json",
    "compare_decisions",
    "compare_manifests",
    "decide_all",
    "make_manifest",
    "overdue",
]
