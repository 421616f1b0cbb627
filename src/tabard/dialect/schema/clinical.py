"""What is said of a patient's health in a dialect: next of kin, allergies, diagnoses and procedures."""
