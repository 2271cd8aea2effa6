/** What a try says first. No client of Kafka begins so, with TLS or without. */
const GREETING = 'kafka-al2023-action: which machine is this?';

/**
 * Listens on each port that is free, and shows a token to whoever greets it: `ADDRESS SECONDS TOKEN PORT…`. The first line that it prints
 * is JSON: its process id, the ports that something else holds, and why it cannot listen at all. Nothing of it stays.
 *
 * The cluster may be at work while one of its nodes is away, and its clients come to that node's port. To them it says nothing and hangs up,
 * as a node does that is going away: they try again. A word that is not TLS they would take for a peer that they must not believe, and
 * give up for good (Kafka's SslAuthenticationException, after which a schema registry writes nothing any more).
 */
export const LISTEN = `
import errno, json, os, select, signal, socket, sys, time
address, seconds, token = sys.argv[1:4]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
listeners, guests, busy, wrong = [], [], [], None
for port in map(int, sys.argv[4:]):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(256)
        listeners.append(listener)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            busy.append(port)
        else:
            wrong = str(error)
print(json.dumps({'pid': os.getpid(), 'busy': busy, 'wrong': wrong}), flush=True)
end = time.monotonic() + float(seconds)
while listeners and time.monotonic() < end:
    for ready in select.select(listeners + guests, [], [], max(0, end - time.monotonic()))[0]:
        try:
            if ready in listeners:
                guests.append(ready.accept()[0])
                # No more than select can wait for.
                if len(guests) > 500:
                    guests.pop(0).close()
            elif ready in guests:
                guests.remove(ready)
                with ready:
                    if ready.recv(256) == b'${GREETING}':
                        ready.sendall(token.encode() + b'\\n')
        except OSError:
            pass
`;

/**
 * Tries the ways from one machine: JSON with the standard input, `{token, seconds, targets: [[address, port, isBusy], …], trusted}`;
 * prints a word for each target, in their order, as JSON. A refused connection says nothing about who refused it, a firewall or the
 * machine: only an answer proves that a way is open. Where something listens already, a certificate of the cluster's own authority is
 * the answer; whether it is out of date, or for another address, is not asked here.
 */
export const PROBE = `
import errno, json, socket, ssl, sys
from concurrent.futures import ThreadPoolExecutor
order = json.load(sys.stdin)
NO_CHECK_TIME = 0x200000
def is_ours(connection):
    if order['trusted'] is None:
        return False
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= NO_CHECK_TIME
    context.load_verify_locations(cadata=order['trusted'])
    with context.wrap_socket(connection):
        return True
def answer_of(target):
    address, port, is_busy = target
    try:
        with socket.create_connection((address, port), order['seconds']) as connection:
            connection.settimeout(10)
            try:
                if is_busy:
                    return 'open' if is_ours(connection) else 'strange'
                connection.sendall(b'${GREETING}')
                return 'open' if connection.recv(256).decode(errors='replace').strip() == order['token'] else 'strange'
            except OSError:
                return 'strange'
    except socket.timeout:
        return 'silent'
    except OSError as error:
        return {errno.ECONNREFUSED: 'refused', errno.ETIMEDOUT: 'silent'}.get(error.errno, 'unreachable')
with ThreadPoolExecutor(64) as pool:
    print(json.dumps(list(pool.map(answer_of, order['targets']))))
`;
