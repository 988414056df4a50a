"""The command line: one file a group of commands."""

import gc

gc.set_threshold(400_000)
"""Objects made until garbage is looked for. Modules are none, and looking for it among them, every
700 objects, was a twentieth of the start of each command.
"""
