"""renzhi 韧知: a climate-resilience knowledge base for urban planners."""

__version__ = "0.1.0"
