"""A part that runs whatever it is sent: what a product could do that means harm, or was taken over. Its code runs in the sandbox alone."""

PROBER = b"""
import json, socket, socketserver, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer

class Server(socketserver.ThreadingMixIn, HTTPServer):
    address_family = socket.AF_UNIX
    daemon_threads = True
    def get_request(self):
        return self.socket.accept()[0], ("hospital", 0)

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.give(b"{}")
    def do_POST(self):
        code, known = self.rfile.read(int(self.headers["content-length"])), {}
        try:
            exec(code, known)
            told = known.get("answer")
        except BaseException as fault:
            told = "refused: " + type(fault).__name__ + " " + str(fault)
        self.give(json.dumps(told).encode())
    def give(self, body):
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *told):
        pass

server = Server("part", Handler, bind_and_activate=False)
server.socket.close()
server.socket = socket.socket(fileno=3)
server.serve_forever()
"""
