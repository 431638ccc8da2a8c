"""What every connector must do, on each platform in turn: who adds a platform adds its name in conftest.py."""
