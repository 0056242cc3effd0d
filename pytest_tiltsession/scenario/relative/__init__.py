"""The relative form of a scenario: what resources go through and for how long, from which the steps follow."""
