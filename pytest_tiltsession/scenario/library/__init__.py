"""Named scenarios, as data: ``scenario.naming`` lists and finds them."""
