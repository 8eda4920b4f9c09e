"""How many times longer than on an idle machine things may take."""
import os

PATIENCE = float(os.environ.get("CVDESK_PATIENCE", "1"))
