"""How a conversation goes: the flow language, the pure engine, checks and proofs. Pure: time is an argument."""
