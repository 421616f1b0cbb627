"""The pages of the store, a file for each thing that is shown."""
