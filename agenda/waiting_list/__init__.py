"""The waiting list that closes the deal: a freed time, ranked candidates, a real hold, a message, the answer, the next candidate."""
