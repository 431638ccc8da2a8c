"""The cabinet's pages about other diaries, a file per noun."""
