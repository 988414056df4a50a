"""Connections: requests are read whole, within a time, before a thread is given to them; answers
are written without holding one. Slow clients cost memory for a while, and nothing else.
"""

from cds_service.wire.incoming import LONGEST_LINE
from cds_service.wire.threads import let_another_lead

__all__ = ["LONGEST_LINE", "let_another_lead"]
