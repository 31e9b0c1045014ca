"""What an operator does beside looking at the UI: status, doctor, backup, restore, rotation of secrets."""
