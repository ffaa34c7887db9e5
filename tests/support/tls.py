"""Throw-away certificates: an authority, and server certificates that it signs. Needs the openssl command."""

import pathlib
import subprocess

EXTENSIONS = "subjectAltName={names}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n"


class Authority:
    def __init__(self, folder: pathlib.Path, name: str = "Test authority"):
        self._folder = folder
        self.certificate = str(folder / "ca.pem")
        self._key = str(folder / "ca.key")
        _openssl("req", "-x509", *_NEW_KEY, "-days", "2", "-subj", f"/CN={name}", "-keyout", self._key,
                 "-out", self.certificate)

    def issue(self, *names: str, days: int = 1) -> tuple[str, str]:
        """Certificate and key files of a server with these names ("DNS:localhost", "IP:127.0.0.1")."""
        base = self._folder / names[0].replace(":", "_").replace("*", "any")
        request, certificate, key, extensions = (str(base) + end for end in (".csr", ".pem", ".key", ".ext"))
        _openssl("req", "-new", *_NEW_KEY, "-subj", "/CN=server", "-keyout", key, "-out", request)
        pathlib.Path(extensions).write_text(EXTENSIONS.format(names=",".join(names)))
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial",
                 "-days", str(days), "-extfile", extensions, "-out", certificate)
        return certificate, key


_NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
