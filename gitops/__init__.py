"""What operators and workflows do to an environment on AWS."""
