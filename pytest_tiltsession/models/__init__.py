"""What Tilt says: the API's objects as plain frozen dataclasses, and the JSON that Go would write of them."""
