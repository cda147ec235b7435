"""Write both interfaces down as they are now: `make snapshot`."""

from tests.interface.test_interface import RECORDED, text

for path, lines in RECORDED.items():
    path.write_text(text(lines))
