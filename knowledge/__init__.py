"""The starter pack: data only (CC BY 4.0)."""
