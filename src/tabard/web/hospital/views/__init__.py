"""Views: what a page shows, made from FHIR resources and feeds by pure functions, as frozen values."""
