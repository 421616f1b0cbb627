"""The frameworks, a file each: facts and numbers of the originals, in our own words."""
