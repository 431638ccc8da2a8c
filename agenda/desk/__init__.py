"""What the desk shows: read models, made for its pages and changed by nobody."""
