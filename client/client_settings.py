"""Settings of a cluster that asks for TLS or a password, for producer.py and consumer.py: read as JSON from standard input, so
that no secret is an argument, which others on the machine could see, or in a file. A key that was made on the machine itself
stays there: it is named by its path.
"""

import json
import os
import ssl
import sys

# A certificate that is trusted is so by itself, as in a Java trust store (ssl.VERIFY_X509_PARTIAL_CHAIN, from Python 3.10 on).
PARTIAL_CHAIN = 0x80000


def read_settings(source):
    """What KafkaProducer and KafkaConsumer are given besides their own: nothing without a source, which can only be '-'."""
    if source is None:
        return {}
    settings = json.load(sys.stdin)
    tls = settings.pop('tls', None)
    if tls is not None:
        settings['ssl_context'] = context_of(tls)
    return settings


def context_of(tls):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = tls['check_hostname']
    context.verify_flags |= PARTIAL_CHAIN
    if 'trusted_file' in tls:
        context.load_verify_locations(cafile=tls['trusted_file'])
    elif tls.get('trusted') is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(cadata=tls['trusted'])
    if 'chain' in tls:
        load_identity(context, tls['chain'] + tls['privateKey'])
    if 'identity_file' in tls:
        context.load_cert_chain(tls['identity_file'])
    return context


def load_identity(context, pem):
    """The key is read from a file in memory, which no disk ever holds: Python's ssl takes a path and nothing else."""
    with os.fdopen(os.memfd_create('identity'), 'w') as file:
        file.write(pem)
        file.flush()
        context.load_cert_chain(f'/proc/self/fd/{file.fileno()}')
