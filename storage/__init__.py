"""What is remembered: tables, the one-transaction turn, outbox, cases, privacy, migrations."""
