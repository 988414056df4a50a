"""How it is said to the EHR: the CDS Hooks service, its command line and everything a deployment
needs.
"""

__version__ = "0.1.0"
