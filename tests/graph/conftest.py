"""Makes `store_suite` and `examples` importable by name: every adapter's tests inherit the one, and both use the other."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
