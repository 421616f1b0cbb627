"""Cases: one version of one product on its way from submission to a decision, and what becomes of it; pure."""
