"""Tests of the loopback newsroom itself: what it claims to be true must be true of what it serves."""
