"""What will happen, and what happened, kept: scenarios, their files, the player and the recorder."""
