"""Ways to reach the desk: each turns its world into Incoming and renders Outgoing."""
