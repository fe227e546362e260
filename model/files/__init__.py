"""How files of users are read: TOML and CSV, every mistake named."""
