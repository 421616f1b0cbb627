"""What an ADT message says of the patient's health: allergies, diagnoses, procedures."""
