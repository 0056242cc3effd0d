"""The life of a fake's process: it starts, exits, is killed, and is started again."""
