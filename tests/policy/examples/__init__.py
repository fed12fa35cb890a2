"""For each rule, what it refuses and what it accepts."""
