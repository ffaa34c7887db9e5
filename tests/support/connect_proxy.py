"""A forward proxy for tests: tunnels CONNECT, forwards absolute-form requests, remembers what it was asked."""

import socket
import socketserver
import threading
import urllib.parse


class ConnectProxy:
    """`with ConnectProxy() as proxy`: proxy.url for HTTPS_PROXY, proxy.asked for its request lines."""

    def __init__(self):
        self.asked: list[str] = []
        self.authorizations: list[str | None] = []
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                proxy._serve(self.request)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "ConnectProxy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, client: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            more = client.recv(65536)
            if not more:
                return
            data += more
        head, _, rest = data.partition(b"\r\n\r\n")
        line, *headers = head.decode("latin-1").split("\r\n")
        named = {name.lower(): value.strip() for name, _, value in (header.partition(":") for header in headers)}
        self.asked.append(line)
        self.authorizations.append(named.get("proxy-authorization"))
        method, target, version = line.split(" ")
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            upstream = socket.create_connection((host.strip("[]"), int(port)))
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            upstream.sendall(rest)
        else:
            url = urllib.parse.urlsplit(target)
            upstream = socket.create_connection((url.hostname, url.port or 80))
            path = url.path + (f"?{url.query}" if url.query else "")
            head = "\r\n".join([f"{method} {path} {version}", *headers])
            upstream.sendall(head.encode("latin-1") + b"\r\n\r\n" + rest)
        back = threading.Thread(target=_copy, args=(upstream, client), daemon=True)
        back.start()
        _copy(client, upstream)
        back.join()
        upstream.close()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
