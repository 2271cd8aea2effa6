"""The name server of the lab's machines: it knows no name, and says so at once.

The names that lead somewhere are in the machines' /etc/hosts. Without this a name outside the lab
would be looked for until some time-out.
"""

import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 53))
while True:
    query, sender = server.recvfrom(512)
    if len(query) < 17:
        continue
    # The question ends after its labels (a zero byte), its type and its class; the rest is dropped.
    end = query.index(0, 12) + 5
    # A response, recursion desired and available, code 3: there is no such name. One question, nothing else.
    server.sendto(query[:2] + b"\x81\x83" + b"\0\1\0\0\0\0\0\0" + query[12:end], sender)
