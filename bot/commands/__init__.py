"""What each `loket` command does. Heavy imports stay inside the functions: the command itself starts in a blink."""
