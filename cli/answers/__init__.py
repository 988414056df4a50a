"""Commands about answers: why, what became of them, what would differ."""

from cli.answers.diff import add_diff
from cli.answers.explain import add_explain
from cli.answers.feedback import add_feedback
from cli.answers.manifest import add_manifest
from cli.answers.replay import add_replay

__all__ = ["add_diff", "add_explain", "add_feedback", "add_manifest", "add_replay"]
