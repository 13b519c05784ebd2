"""What may happen in a session, and what did: one ordered log for each."""
