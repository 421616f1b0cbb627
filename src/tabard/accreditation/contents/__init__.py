"""What the files of a package hold, as rules see it; pure."""
