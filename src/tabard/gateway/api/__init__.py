"""The FHIR API: read, version read, history and search over the record, within what a request's rights leave."""
