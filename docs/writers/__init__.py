"""The pages of the reference, each made by one module from what the code says of itself."""
