"""Handing evaluations on to other tools. Each module needs its tool, and is imported by name."""
