"""Reads the messages that producer.py sent, as a member of a consumer group, and ends when all of them are there.

    python consumer.py --messages 10

Ends with exit code 0 when every message was received, 1 when the deadline came first. The last line is a summary in JSON.
"""

import argparse
import json
import sys
import time

from kafka import KafkaConsumer
from kafka.errors import KafkaError

# A line for each message, as in the guide, but not for a million of them.
SHOWN = 100


def main():
    options = parse_options()
    deadline = time.monotonic() + options.timeout
    consumer = KafkaConsumer(
        bootstrap_servers=options.bootstrap_servers.split(','),
        auto_offset_reset='earliest',
        enable_auto_commit=True,
        group_id=options.group,
    )
    # Ask for the partitions before joining the group: whoever joins first hands them out, and a member that does not know
    # them yet hands out none, joins again, and now and then never gets any.
    consumer.partitions_for_topic(options.topic)
    consumer.subscribe([options.topic])

    run_id = options.run_id.encode('utf-8')
    received = set()
    others = 0
    try:
        while len(received) < options.messages and time.monotonic() < deadline:
            for records in consumer.poll(timeout_ms=200).values():
                for record in records:
                    # Messages of other runs lie in the topic too, and not all need be JSON: only ours are decoded.
                    if ('run-id', run_id) not in (record.headers or []):
                        others += 1
                        continue
                    message = json.loads(record.value.decode('utf-8'))
                    received.add(message['key'])
                    if len(received) <= SHOWN:
                        print(f'Received: {message}', flush=True)
    finally:
        # Leaves the group and commits, so that the next run goes on from here.
        consumer.close()

    print(json.dumps({'received': len(received), 'others': others}))
    return 0 if len(received) == options.messages else 1


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--bootstrap-servers', default='localhost:19092,localhost:29092,localhost:39092')
    parser.add_argument('--topic', default='test-topic')
    parser.add_argument('--group', default='test-group')
    parser.add_argument('--messages', type=int, default=10)
    parser.add_argument('--timeout', type=float, default=60, help='seconds until it gives up')
    parser.add_argument('--run-id', default='by-hand')
    return parser.parse_args()


if __name__ == '__main__':
    try:
        sys.exit(main())
    except KafkaError as error:
        print(f'{type(error).__name__}: {error}', file=sys.stderr)
        sys.exit(1)
