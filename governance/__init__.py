"""What those need who answer for the advice: modes and replay, figures and alarms, and what is to
be known of the knowledge.
"""
