"""What several rules share in judging: what the static checkers found by topic, and what a day told part by part."""
