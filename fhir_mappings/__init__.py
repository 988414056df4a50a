"""What the record says: FHIR JSON in, a ClinicalScenario with its receipt out; a regimen in, draft
resources out.
"""
