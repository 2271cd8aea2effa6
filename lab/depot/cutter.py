"""Hands connections on, and cuts each of them after a while: what a machine sees of a bad line.

    cutter.py BYTES LISTEN:TARGET ...
"""

import asyncio
import sys


async def copy(reader, writer, limit):
    while limit > 0 and (data := await reader.read(min(limit, 65536))):
        limit -= len(data)
        writer.write(data)
        await writer.drain()


async def main():
    limit = int(sys.argv[1])

    def to(port):
        async def handle(reader, writer):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
            ways = [copy(reader, far_writer, sys.maxsize), copy(far_reader, writer, limit)]
            try:
                await asyncio.wait([asyncio.create_task(way) for way in ways], return_when=asyncio.FIRST_COMPLETED)
            finally:
                far_writer.close()
                writer.close()

        return handle

    for pair in sys.argv[2:]:
        listen, target = pair.split(":")
        await asyncio.start_server(to(int(target)), "127.0.0.1", int(listen))
    await asyncio.Event().wait()


asyncio.run(main())
