"""The labelled reports, read by the real binary: no field falls below the floor that was recorded for it."""
import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
REPORTS = ROOT / "tests/data/reports"


class Reading(unittest.TestCase):
    def test_no_field_is_read_worse_than_its_floor(self):
        program = pathlib.Path(os.environ["PROGRAMS"]) / "cvdesk"
        done = subprocess.run([sys.executable, ROOT / "scripts/score-reports", "--cvdesk", program, "--floors", REPORTS / "floors.json", REPORTS],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
