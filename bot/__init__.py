"""How the world reaches the desk: channels, delivery, coach desk, command line, settings."""

__version__ = "0.1.0"
