"""Known vulnerabilities: a signed set of advisories, and which of them speak of a component; pure."""
