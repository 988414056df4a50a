"""What is to be known of the knowledge: source attributes, the manifest, who reviews it when."""

from governance.knowledge.attributes import attributes_as_json
from governance.knowledge.difference import compare_codes, compare_decisions, compare_manifests
from governance.knowledge.manifest import make_manifest
from governance.knowledge.reviews import overdue
from governance.knowledge.scenarios import decide_all
from governance.knowledge.texts import list_codes

__all__ = [
    "attributes_as_json",
    "compare_codes",
    "compare_decisions",
    "compare_manifests",
    "decide_all",
    "list_codes",
    "make_manifest",
    "overdue",
]
