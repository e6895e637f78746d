"""Engines: how the states of the parts of an input are made and folded into one."""

from evalreport.engines.interface import Shard
from evalreport.engines.local import fold

__all__ = ["Shard", "fold"]
