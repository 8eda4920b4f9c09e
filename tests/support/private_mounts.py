"""Mounts that only some processes see, and that go with their holder: a disk of a few megabytes, a folder that
cannot be written. Needs root or user namespaces; available() says whether it can be had.

    with PrivateMounts() as mounts:
        mounts.sh(f"mount -t tmpfs -o size=2m,mode=0700 none {folder}")
        desk.run(..., prefix=mounts.prefix)
"""
import os
import subprocess


def _unshare():
    return ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]


def available():
    try:
        test = [*_unshare(), "mount", "-t", "tmpfs", "none", "/mnt"]
        return subprocess.run(test, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


class PrivateMounts:
    def __enter__(self):
        # It ends with us: its standard input closes.
        self._holder = subprocess.Popen([*_unshare(), "sh", "-c", "echo ready; exec cat"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        if self._holder.stdout.readline() != b"ready\n":
            raise RuntimeError("no mount namespace to be had")
        user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        self.prefix = ["nsenter", "--target", str(self._holder.pid), *user, "--mount", "--"]
        return self

    def sh(self, command):
        """A shell command among these mounts; its output."""
        done = subprocess.run([*self.prefix, "sh", "-ec", command], stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"{command}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def __exit__(self, *ignored):
        self._holder.stdin.close()
        self._holder.stdout.close()
        self._holder.wait()
