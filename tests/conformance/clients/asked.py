"""What every client asks for, and is registered for."""

SCOPE = "openid fhirUser offline_access patient/*.rs patient/Condition.cruds"
STANDALONE = f"launch/patient {SCOPE}"
FROM_EHR = f"launch {SCOPE}"
REGISTERED = f"launch launch/patient {SCOPE}"
