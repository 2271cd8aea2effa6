"""Reads the messages that producer.py sent, as a member of a consumer group, and ends when all of them are there.

    python consumer.py --messages 10

Ends with exit code 0 when every message was received, 1 when the deadline came first. The last line is a summary in JSON.
"""

import argparse
import json
import sys
import time
import zlib

from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.errors import KafkaError, KafkaTimeoutError

# The folder holds what was deployed, and nothing else.
sys.dont_write_bytecode = True
from client_settings import read_settings

# A line for each message, as in the guide, but not for a million of them.
SHOWN = 100
# After so long without a message the consumer looks whether more can come.
QUIET_SECONDS = 3
# After so long without a message, although there are more, another consumer takes its place.
STUCK_SECONDS = 10


def main():
    options = parse_options()
    settings = read_settings(options.settings)
    deadline = time.monotonic() + options.timeout
    received = Received(options.run_id)
    problem = None
    try:
        while not read(options, settings, received, deadline):
            print(f'Nothing for {STUCK_SECONDS} s, although there is more: another consumer goes on', flush=True)
    except KafkaError as error:
        problem = describe(error)

    print(json.dumps({**received.summary(), 'problem': problem}))
    return 0 if received.count == options.messages else 1


def read(options, settings, received, deadline):
    """Reads until all is there, nothing more can come or the time is up; false when this consumer does not get on."""
    consumer = KafkaConsumer(
        bootstrap_servers=options.bootstrap_servers.split(','),
        auto_offset_reset='earliest',
        enable_auto_commit=True,
        group_id=options.group,
        **settings,
    )
    try:
        # Ask for the partitions before joining the group. The first member hands them out: one that does not know them yet
        # hands out none, joins again, and now and then never gets any.
        partitions = consumer.partitions_for_topic(options.topic) or set()
        # Without a start, the group goes on where it stands; a new one reads from the beginning, as in the guide.
        start = StartAt(options.start, consumer, received) if options.start else None
        consumer.subscribe([options.topic], listener=start)
        last = looked_at = time.monotonic()
        while received.count < options.messages and time.monotonic() < deadline:
            batches = consumer.poll(timeout_ms=200).values()
            for record in (record for records in batches for record in records):
                if received.add(record) and received.count <= SHOWN:
                    print(f"Received: {json.loads(record.value.decode('utf-8'))}", flush=True)
            now = time.monotonic()
            if batches:
                last = looked_at = now
            elif now - looked_at > QUIET_SECONDS:
                if is_at_end(consumer, len(partitions)):
                    return True
                if consumer.assignment() and now - last > STUCK_SECONDS:
                    return False
                looked_at = now
        return True
    finally:
        # Leaves the group and commits, so that the next run goes on from here.
        consumer.close()


class StartAt(ConsumerRebalanceListener):
    """Begins where the run's messages do: what is older need not be read."""

    def __init__(self, starts, consumer, received):
        self.starts = starts
        self.consumer = consumer
        self.received = received

    def on_partitions_revoked(self, revoked):
        pass

    def on_partitions_assigned(self, assigned):
        for partition in assigned:
            start = self.starts.get(partition.partition)
            if start is not None:
                self.consumer.seek(partition, max(start, self.received.next.get(partition.partition, 0)))


def is_at_end(consumer, partition_count):
    """True when every partition of the topic is ours and has been read to its end: nothing more can come."""
    assigned = consumer.assignment()
    if len(assigned) < partition_count:
        return False
    try:
        ends = consumer.end_offsets(list(assigned), timeout_ms=QUIET_SECONDS * 1000)
    except KafkaTimeoutError:
        return False
    return all(consumer.position(partition) >= end for partition, end in ends.items())


class Received:
    """The messages of one run, each held against its checksum."""

    def __init__(self, run_id):
        self.run_id = run_id
        self.seen = set()
        self.last = {}
        self.next = {}
        self.ranges = {}
        self.others = self.duplicated = self.corrupted = self.out_of_order = 0

    @property
    def count(self):
        return len(self.seen)

    def add(self, record):
        """Takes a record; true when it is a message of the run that was not there before."""
        # A group that members joined or left may be given some records again: that says nothing about the topic.
        if record.offset < self.next.get(record.partition, 0):
            return False
        self.next[record.partition] = record.offset + 1
        headers = dict(record.headers or [])
        # Messages of other runs lie in the topic too, and not all need be JSON.
        if headers.get('run-id') != self.run_id.encode('utf-8'):
            self.others += 1
            return False
        sequence = headers.get('sequence', b'').decode('utf-8')
        checksum = zlib.crc32(record.value or b'', zlib.crc32(f'{self.run_id}/{sequence}/'.encode('utf-8')))
        if headers.get('checksum') != f'{checksum:08x}'.encode('utf-8'):
            self.corrupted += 1
            self.extend_ranges('corrupted', record)
            return False
        self.extend_ranges('whole', record)
        sequence = int(sequence)
        if sequence in self.seen:
            self.duplicated += 1
            return False
        self.seen.add(sequence)
        if sequence < self.last.get(record.partition, -1):
            self.out_of_order += 1
        self.last[record.partition] = max(sequence, self.last.get(record.partition, -1))
        return True

    def extend_ranges(self, kind, record):
        """Offsets come in rising order: [first, last] with nothing missing in between."""
        ranges = self.ranges.setdefault(kind, {}).setdefault(record.partition, [])
        if ranges and ranges[-1][1] == record.offset - 1:
            ranges[-1][1] = record.offset
        else:
            ranges.append([record.offset, record.offset])

    def summary(self):
        return {
            'received': self.count,
            'others': self.others,
            'duplicated': self.duplicated,
            'corrupted': self.corrupted,
            'outOfOrder': self.out_of_order,
            'offsets': self.ranges.get('whole', {}),
            'corruptedOffsets': self.ranges.get('corrupted', {}),
        }


def describe(error):
    """What went wrong, with its number in Kafka's protocol, where it has one."""
    name = type(error).__name__
    words = ' '.join(str(each) for each in error.args if each) or getattr(error, 'description', None)
    return {'name': name, 'code': getattr(error, 'errno', None), 'message': f'{name}: {words}' if words else name}


def parse_offsets(text):
    """0:17,1:4 is offset 17 of partition 0 and offset 4 of partition 1."""
    return {int(partition): int(offset) for partition, offset in (pair.split(':') for pair in text.split(',') if pair)}


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--bootstrap-servers', default='localhost:19092,localhost:29092,localhost:39092')
    parser.add_argument('--topic', default='test-topic')
    parser.add_argument('--group', default='test-group')
    parser.add_argument('--messages', type=int, default=10)
    parser.add_argument('--timeout', type=float, default=60, help='seconds until it gives up')
    parser.add_argument('--run-id', default='by-hand')
    parser.add_argument('--settings', choices=['-'], help='read JSON with settings of TLS and SASL from standard input')
    parser.add_argument('--start', type=parse_offsets, help='offsets to begin at, as PARTITION:OFFSET,…')
    return parser.parse_args()


if __name__ == '__main__':
    try:
        sys.exit(main())
    except KafkaError as error:
        print(json.dumps({'problem': describe(error)}))
        sys.exit(1)
