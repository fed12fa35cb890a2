"""What stands on a pull request of its preview, and what the check beside it concludes."""
