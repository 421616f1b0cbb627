"""Accreditation: rules, findings, hazard logs, cases, and how a decision comes about."""
