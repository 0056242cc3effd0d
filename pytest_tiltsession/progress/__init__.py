"""How time moves: by hand, by reads, by itself, by the wall; waiting for it in threads and in event loops."""
