"""A certificate authority that lives as long as a test, made by openssl."""

import shutil
import subprocess
from pathlib import Path

SUBJECTS = "subjectAltName=DNS:localhost,IP:127.0.0.1"
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1")


def missing() -> str | None:
    return None if shutil.which("openssl") else "there is no openssl command to make certificates with"


class Authority:
    """Signs certificates for localhost; `root` is the file that clients trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.root, self._key = folder / "root.pem", folder / "root.key"
        _openssl("req", "-x509", *_KEY, "-subj", "/CN=throwaway", "-keyout", self._key, "-out", self.root)

    def issue(self, folder: Path, name: str) -> None:
        """Write fullchain.pem and privkey.pem as a renewal does: new files in the place of the old ones."""
        made = {"privkey.pem": self._folder / "new.key", "fullchain.pem": self._folder / "new.pem"}
        signed = ("-CA", self.root, "-CAkey", self._key, "-addext", SUBJECTS)
        files = ("-keyout", made["privkey.pem"], "-out", made["fullchain.pem"])
        _openssl("req", "-x509", *_KEY, "-subj", f"/CN={name}", *signed, *files)
        for target, source in made.items():
            source.chmod(0o644)  # the containers' user reads it
            shutil.move(source, folder / target)


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=True)
