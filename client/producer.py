"""Sends the guide's messages to a topic and waits until the brokers have acknowledged each of them.

    python producer.py --messages 10 --interval 2

Ends with exit code 0 when every message was acknowledged, 1 when not. The last line is a summary in JSON.
"""

import argparse
import json
import sys
import time

from kafka import KafkaProducer
from kafka.errors import KafkaError
from kafka.serializer import JsonSerializer

# A line for each message, as in the guide, but not for a million of them.
SHOWN = 100


def main():
    options = parse_options()
    deadline = time.monotonic() + options.timeout
    producer = KafkaProducer(
        bootstrap_servers=options.bootstrap_servers.split(','),
        value_serializer=JsonSerializer(),
        acks='all',
        delivery_timeout_ms=int(options.timeout * 1000),
        request_timeout_ms=min(30_000, int(options.timeout * 1000) - 1),
        max_block_ms=int(options.timeout * 1000),
    )
    # Consumers tell the messages of this run by their header; their value is exactly the guide's.
    headers = [('run-id', options.run_id.encode('utf-8'))]

    pending = []
    for i in range(options.messages):
        message = {'key': i, 'message': f'Hello Kafka {i}'}
        pending.append(producer.send(options.topic, message, headers=headers))
        if i < SHOWN:
            print(f'Sent: {message}', flush=True)
        time.sleep(options.interval)

    acknowledged = 0
    problem = None
    for future in pending:
        try:
            future.get(timeout=max(0.001, deadline - time.monotonic()))
            acknowledged += 1
        except KafkaError as error:
            problem = str(error)
    producer.close(timeout=5)

    print(json.dumps({'acknowledged': acknowledged, 'problem': problem}))
    return 0 if acknowledged == options.messages else 1


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--bootstrap-servers', default='localhost:19092,localhost:29092,localhost:39092')
    parser.add_argument('--topic', default='test-topic')
    parser.add_argument('--messages', type=int, default=10)
    parser.add_argument('--interval', type=float, default=2, help='seconds between two messages')
    parser.add_argument('--timeout', type=float, default=60, help='seconds until it gives up')
    parser.add_argument('--run-id', default='by-hand')
    return parser.parse_args()


if __name__ == '__main__':
    try:
        sys.exit(main())
    except KafkaError as error:
        print(f'{type(error).__name__}: {error}', file=sys.stderr)
        sys.exit(1)
