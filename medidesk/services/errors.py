"""What may keep the services from running, each told in one French line."""


class ServiceError(Exception):
    """A service cannot run; the message is one line for the person at the terminal."""
