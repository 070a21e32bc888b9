"""A certificate authority for tests."""
import os
import ssl
import subprocess


class Authority:
    """ca.pem and <name>.pem, <name>.key in a directory; all certificates are for 127.0.0.1 and localhost."""

    def __init__(self, directory, name="ca"):
        self.directory = str(directory)
        self.name = name
        self._key(name)
        self._openssl("req", "-x509", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-days", "30",
                      "-out", f"{name}.pem")

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.directory, stderr=subprocess.DEVNULL, check=True)

    def _key(self, name):
        self._openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")

    def path(self, name):
        return os.path.join(self.directory, name)

    def issue(self, name):
        """A certificate with this common name, for servers and clients."""
        self._key(name)
        self._openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr")
        with open(self.path(f"{name}.ext"), "w", encoding="ascii") as f:
            f.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{self.name}.pem", "-CAkey",
                      f"{self.name}.key", "-CAcreateserial", "-days", "30", "-extfile", f"{name}.ext", "-out",
                      f"{name}.pem")

    def client(self, name=None):
        """An SSL context that trusts this authority and, with a name, shows that certificate."""
        context = ssl.create_default_context(cafile=self.path(f"{self.name}.pem"))
        if name:
            context.load_cert_chain(self.path(f"{name}.pem"), self.path(f"{name}.key"))
        return context
