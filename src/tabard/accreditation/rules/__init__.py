"""The rules, a file each, named as its id."""
