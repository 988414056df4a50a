"""What the guidance says: facts in, advice out. Pure; knows nothing of records, requests or
clocks.
"""
