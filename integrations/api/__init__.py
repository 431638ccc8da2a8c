"""The REST doors about other diaries."""
