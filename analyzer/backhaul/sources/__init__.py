"""Source and project files: finding them, reading and decoding them, and what they say of products."""
