"""What staff do: sign in, triage the queue, answer from the desk."""
