"""Carrying a plan out: the disk, the response, and the record of what was really sent."""
