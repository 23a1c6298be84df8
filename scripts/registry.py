"""A cargo registry in one directory, for tests: sparse index, publishing, downloads, one token.

Usage: registry.py DIRECTORY TOKEN

Listens on the loopback, on a port that the system chooses, prints the address of the index and
serves until it is ended. Follows the "Registry index" and "Registry web API" pages of the Cargo book.
"""

import hashlib
import http.server
import json
import pathlib
import struct
import sys


class Registry:
    """What is published, as files: `index/…` as cargo reads it, `crates/NAME/VERSION`."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)

    def index_file(self, name):
        name = name.lower()
        if len(name) <= 2:
            folder = str(len(name))
        elif len(name) == 3:
            folder = f"3/{name[0]}"
        else:
            folder = f"{name[:2]}/{name[2:4]}"
        return self.directory / "index" / folder / name

    def crate_file(self, name, version):
        return self.directory / "crates" / name / version

    def publish(self, body):
        """Stores what `cargo publish` sent: a length, JSON, a length, the crate. Gives an error or None."""
        (size,) = struct.unpack_from("<I", body)
        described = json.loads(body[4 : 4 + size])
        (crate_size,) = struct.unpack_from("<I", body, 4 + size)
        crate = body[8 + size : 8 + size + crate_size]
        name, version = described["name"], described["vers"]

        index = self.index_file(name)
        lines = index.read_text().splitlines() if index.exists() else []
        if any(json.loads(line)["vers"] == version for line in lines):
            return f"crate {name}@{version} already exists"

        entry = {
            "name": name,
            "vers": version,
            "deps": [self.dependency(dependency) for dependency in described["deps"]],
            "cksum": hashlib.sha256(crate).hexdigest(),
            "features": {},
            "features2": described["features"],
            "yanked": False,
            "links": described.get("links"),
            "rust_version": described.get("rust_version"),
            "v": 2,
        }
        stored = self.crate_file(name, version)
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_bytes(crate)
        index.parent.mkdir(parents=True, exist_ok=True)
        index.write_text("\n".join([*lines, json.dumps(entry)]) + "\n")
        return None

    @staticmethod
    def dependency(sent):
        """A renamed dependency goes by its new name in the index, and by its old one when sent."""
        kept = ("features", "optional", "default_features", "target", "kind", "registry")
        listed = {key: sent.get(key) for key in kept}
        renamed = sent.get("explicit_name_in_toml")
        listed["name"] = renamed or sent["name"]
        listed["package"] = sent["name"] if renamed else None
        listed["req"] = sent["version_req"]
        return listed


def handler(registry, token):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            """The test shows what cargo says; requests are of no interest."""

        def answer(self, status, body=b"", **headers):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def refused(self):
            if self.headers.get("Authorization") == token:
                return False
            self.answer(401, WWW_Authenticate="Cargo")
            return True

        def do_GET(self):
            if self.refused():
                return
            here = f"http://{self.headers['Host']}"
            match self.path.strip("/").split("/"):
                case ["index", "config.json"]:
                    config = {"dl": f"{here}/crates", "api": here, "auth-required": True}
                    self.answer(200, json.dumps(config).encode())
                case ["index", *_, name]:
                    self.file(registry.index_file(name))
                case ["crates", name, version, "download"]:
                    self.file(registry.crate_file(name, version))
                case _:
                    self.answer(404)

        def file(self, path):
            inside = path.resolve().is_relative_to(registry.directory.resolve())
            if inside and path.is_file():
                self.answer(200, path.read_bytes())
            else:
                self.answer(404)

        def do_PUT(self):
            # Read before anything is refused: the connection is used again.
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.refused():
                return
            if self.path != "/api/v1/crates/new":
                self.answer(404)
                return
            error = registry.publish(body)
            if error:
                self.answer(200, json.dumps({"errors": [{"detail": error}]}).encode())
            else:
                self.answer(200, b'{"warnings": null}')

    return Handler


def main():
    directory, token = sys.argv[1:]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(Registry(directory), token))
    print(f"sparse+http://127.0.0.1:{server.server_port}/index/", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
