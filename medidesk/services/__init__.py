"""What one machine needs to run MediDesk: Postgres, Valkey, and one supervisor over all processes."""
