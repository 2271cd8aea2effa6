"""Sends the guide's messages to a topic and waits until the brokers have acknowledged each of them.

    python producer.py --messages 10 --interval 2

Ends with exit code 0 when every message was acknowledged, 1 when not. The last line is a summary in JSON.
"""

import argparse
import json
import sys
import time
import zlib
from collections import deque

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.serializer import JsonSerializer

# The folder holds what was deployed, and nothing else.
sys.dont_write_bytecode = True
from client_settings import read_settings

# A line for each message, as in the guide, but not for a million of them.
SHOWN = 100
# Messages on their way at the same time: their number, not the number of all messages, decides how much memory is used.
LARGEST_BACKLOG = 10_000
# A client that has learned no ends after so long is told to take its leave, and another one asks.
STUCK_SECONDS = 10


def main():
    options = parse_options()
    settings = read_settings(options.settings)
    deadline = time.monotonic() + options.timeout
    begins = ends_of(options, settings, deadline)
    producer = KafkaProducer(
        bootstrap_servers=options.bootstrap_servers.split(','),
        acks='all',
        delivery_timeout_ms=int(options.timeout * 1000),
        request_timeout_ms=min(30_000, int(options.timeout * 1000) - 1),
        max_block_ms=int(options.timeout * 1000),
        **settings,
    )
    # Not as value_serializer, as in the guide: the checksum needs the bytes.
    serializer = JsonSerializer()

    acknowledged = Offsets()
    problem = None
    pending = deque()

    def settle(future):
        nonlocal problem
        try:
            metadata = future.get(timeout=max(0.001, deadline - time.monotonic()))
            acknowledged.add(metadata.partition, metadata.offset)
        except KafkaError as error:
            problem = problem or describe(error)

    try:
        for i in range(options.messages):
            message = {'key': i, 'message': f'Hello Kafka {i}'}
            value = serializer.serialize(options.topic, None, message)
            pending.append(producer.send(options.topic, value, headers=identity(options.run_id, i, value)))
            if i < SHOWN:
                print(f'Sent: {message}', flush=True)
            if options.interval > 0:
                time.sleep(options.interval)
            while pending and (pending[0].is_done or len(pending) > LARGEST_BACKLOG):
                settle(pending.popleft())
            # What the brokers refused once, they refuse again.
            if problem:
                break
    except KafkaError as error:
        problem = problem or describe(error)

    for future in pending:
        settle(future)
    producer.close(timeout=5)

    summary = {'acknowledged': acknowledged.count, 'offsets': acknowledged.ranges, 'begins': begins, 'problem': problem}
    print(json.dumps(summary))
    return 0 if acknowledged.count == options.messages else 1


def ends_of(options, settings, deadline):
    """Where each partition ends before the first message is sent: there the messages of this run begin."""
    while True:
        try:
            return ask_for_ends(options, settings)
        except KafkaTimeoutError:
            if time.monotonic() >= deadline:
                raise
            print(f'No answer for {STUCK_SECONDS} s where the topic ends: another client asks', flush=True)


def ask_for_ends(options, settings):
    """Asks once, with a client of its own: one that began while leaders changed may never get on."""
    consumer = KafkaConsumer(bootstrap_servers=options.bootstrap_servers.split(','), **settings)
    try:
        numbers = consumer.partitions_for_topic(options.topic) or ()
        partitions = [TopicPartition(options.topic, number) for number in numbers]
        ends = consumer.end_offsets(partitions, timeout_ms=STUCK_SECONDS * 1000)
        return {partition.partition: end for partition, end in ends.items()}
    finally:
        consumer.close()


def describe(error):
    """What went wrong, with its number in Kafka's protocol, where it has one."""
    name = type(error).__name__
    words = ' '.join(str(each) for each in error.args if each) or getattr(error, 'description', None)
    return {'name': name, 'code': getattr(error, 'errno', None), 'message': f'{name}: {words}' if words else name}


def identity(run_id, sequence, value):
    """Whose message this is, which one, and a checksum, as headers: the value itself is exactly the guide's."""
    checksum = zlib.crc32(value, zlib.crc32(f'{run_id}/{sequence}/'.encode('utf-8')))
    headers = {'run-id': run_id, 'sequence': str(sequence), 'checksum': f'{checksum:08x}'}
    return [(name, text.encode('utf-8')) for name, text in headers.items()]


class Offsets:
    """A set of offsets by partition, kept as ranges: [first, last] with nothing missing in between."""

    def __init__(self):
        self.count = 0
        self.ranges = {}

    def add(self, partition, offset):
        self.count += 1
        ranges = self.ranges.setdefault(partition, [])
        if ranges and ranges[-1][1] == offset - 1:
            ranges[-1][1] = offset
        else:
            ranges.append([offset, offset])


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--bootstrap-servers', default='localhost:19092,localhost:29092,localhost:39092')
    parser.add_argument('--topic', default='test-topic')
    parser.add_argument('--messages', type=int, default=10)
    parser.add_argument('--interval', type=float, default=2, help='seconds between two messages')
    parser.add_argument('--timeout', type=float, default=60, help='seconds until it gives up')
    parser.add_argument('--run-id', default='by-hand')
    parser.add_argument('--settings', choices=['-'], help='read JSON with settings of TLS and SASL from standard input')
    return parser.parse_args()


if __name__ == '__main__':
    try:
        sys.exit(main())
    except KafkaError as error:
        print(json.dumps({'problem': describe(error)}))
        sys.exit(1)
