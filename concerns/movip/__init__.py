"""Transcripts of MoVIP, the program before MOCAP: who asks, who they are, where was looked, what left the office."""
