"""Results: reports and their observations, with the numbers, groups and documents that orders share with them."""
