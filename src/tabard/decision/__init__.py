"""Decision: what an accreditation decision is, and how it is verified; pure."""
