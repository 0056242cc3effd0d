"""What clients change, as values: create, update, delete and deletecollection of Sessions; knows no HTTP."""
