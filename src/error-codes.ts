/**
 * Every way a run can fail, by its stable code: what it means and what to do next.
 * docs/troubleshooting.md is generated from this list; codes do not change between majors.
 */
export const ERRORS = {
  'input-invalid': {
    meaning: 'One or more inputs cannot be used; nothing was touched.',
    hint: 'Correct the inputs named in the message; the README lists what each one takes.',
  },
  'compose-file-unreadable': {
    meaning: 'A file named by compose-file cannot be read.',
    hint: 'Check the path, which starts at the root of the workspace, and that the job has checked the repository out.',
  },
  'compose-file-refused': {
    meaning: 'The linter found faults in the compose file; nothing was touched.',
    hint: 'Correct what the findings name; docs/rules.md explains each rule. The input fix makes the safe corrections; lint-level sets which findings stop a run.',
  },
  'compose-file-unsupported': {
    meaning: 'The compose file may be right, but this action cannot deploy or prove it.',
    hint: "Change what the message names, or use one of the action's own stacks.",
  },
  'key-format': {
    meaning: 'The private key is in a format that cannot be read.',
    hint: 'Store the whole private key file, from "-----BEGIN" to "-----END", in PEM or OpenSSH format. Convert others with: ssh-keygen -p -f KEY (OpenSSH), or puttygen KEY.ppk -O private-openssh -o KEY (PuTTY).',
  },
  'key-passphrase': {
    meaning: 'The private key is encrypted and the passphrase is missing or wrong.',
    hint: 'Set the passphrase input to the passphrase of this key. Try it with: ssh-keygen -y -f KEY',
  },
  'ssh-host-unknown': {
    meaning: 'The name of the machine does not resolve to an address.',
    hint: 'Check the spelling, and that the runner can resolve the name: a private name needs a self-hosted runner, a jump host or a proxy command.',
  },
  'ssh-unreachable': {
    meaning: 'No SSH server answered at this address and port.',
    hint: 'Check that the machine runs, that its security group lets the runner reach this port, and that host and port are right. Raise connect-timeout for a machine that boots slowly.',
  },
  'ssh-auth-refused': {
    meaning: 'The machine answered but did not accept the key for this user.',
    hint: "Check that the username is right (ec2-user on Amazon Linux) and that the key's public half is in that user's ~/.ssh/authorized_keys.",
  },
  'ssh-host-key-mismatch': {
    meaning: 'The host key of the machine is not the one that was pinned: it may be another machine.',
    hint: 'If the machine was rebuilt, replace the pinned value by the one shown after comparing it with the console output of the machine. If it was not, do not connect.',
  },
  'ssh-connection-lost': {
    meaning: 'The SSH connection broke while a command was running, and again when it was retried.',
    hint: 'Check that the machine did not restart and is not out of memory, then run the workflow again: finished steps are not repeated.',
  },
  'ssh-forwarding-refused': {
    meaning: 'The machine or the jump host does not forward TCP connections.',
    hint: 'Set AllowTcpForwarding yes in /etc/ssh/sshd_config there: Kafka is reached through the SSH connection, not through an open port.',
  },
  'proxy-command-failed': {
    meaning: 'The proxy command ended before the SSH connection was made.',
    hint: 'Run the command by hand on the runner: its standard input and output must be the connection to the SSH port.',
  },
  'machine-locked': {
    meaning: 'Another run is working on the machine and did not end in time; this run changed nothing.',
    hint: 'Look at the run named in the message, and run again when it has ended. Raise lock-timeout to wait longer; a concurrency group in the workflow keeps runs apart from the start.',
  },
  'lock-lost': {
    meaning:
      'This run gave no sign of life for a while, so another run took over the machine and this one stopped.',
    hint: 'Check the connection to the machine, which was gone for that long. Run again when the other run has ended.',
  },
  'no-sudo': {
    meaning: 'The user cannot become root without a password.',
    hint: 'Give the user passwordless sudo, for example: echo "USER ALL=(ALL) NOPASSWD:ALL" | sudo tee /etc/sudoers.d/USER',
  },
  'not-amazon-linux-2023': {
    meaning: 'The machine does not run Amazon Linux 2023.',
    hint: 'Start the machine from an Amazon Linux 2023 image; other systems install Docker in other ways.',
  },
  'architecture-unsupported': {
    meaning: 'The processor is neither x86_64 nor aarch64.',
    hint: 'Use an x86_64 or aarch64 (Graviton) machine.',
  },
  'disk-too-small': {
    meaning: 'There is not enough free disk space for the images and the data.',
    hint: 'Free some space (docker system prune) or enlarge the volume.',
  },
  'memory-too-small': {
    meaning: 'The machine has too little memory for the services of the stack at their heap limits.',
    hint: 'Use a machine with at least 4 GiB of memory (t3.medium or larger); the message says what each service takes.',
  },
  'package-manager-failed': {
    meaning: 'yum could not update or install packages.',
    hint: "Read yum's last lines above: most often the machine cannot reach the package repository (NAT, proxy, endpoint policy) or the disk is full.",
  },
  'package-manager-busy': {
    meaning: 'Another process held the lock of the package database the whole time.',
    hint: 'Wait for the other installation (cloud-init, an SSM patch run) to end, then run again.',
  },
  'docker-not-running': {
    meaning: 'Docker is installed but does not answer.',
    hint: "Read the service's last lines above, and on the machine: sudo systemctl status docker",
  },
  'compose-download-failed': {
    meaning: 'Docker Compose or its checksum could not be downloaded.',
    hint: 'Check that the machine reaches the address in the message, or set compose-url to a mirror, with compose-sha256.',
  },
  'compose-checksum-mismatch': {
    meaning: 'The downloaded Docker Compose is not the file that was published; it was deleted.',
    hint: 'Run again. If it stays, something between the machine and the download changes the file: do not use it.',
  },
  'compose-not-working': {
    meaning: 'Docker Compose is installed but does not run.',
    hint: 'Check that compose-url points to the binary for the processor of the machine.',
  },
  'image-not-found': {
    meaning: 'An image of the stack does not exist in its registry.',
    hint: 'Check the name and the tag of the image in the compose file.',
  },
  'image-pull-failed': {
    meaning: 'An image of the stack could not be pulled, after several tries.',
    hint: 'Check that the machine reaches the image registry, and that its rate limit is not used up.',
  },
  'port-in-use': {
    meaning: 'A port that the stack publishes is already taken on the machine.',
    hint: 'Stop the process that holds the port (named in the message), then run again.',
  },
  'container-failed': {
    meaning: 'A container of the stack stopped, or did not become healthy.',
    hint: "Read the container's last lines above; its environment in the compose file is the usual cause.",
  },
  'stack-failed': {
    meaning: 'Docker Compose could not start the stack.',
    hint: "Read Docker Compose's last lines above.",
  },
  'cluster-not-found': {
    meaning: 'The machine has no cluster of this name to test.',
    hint: 'Set project-name, directory or environment as in the deployment, or name the cluster by bootstrap-servers.',
  },
  'kafka-not-ready': {
    meaning: 'The brokers did not all register, or the group coordinator did not answer, in time.',
    hint: "Read the brokers' last lines above. On a small machine raise smoke-timeout.",
  },
  'schema-registry-not-ready': {
    meaning: 'The schema registry did not answer in time.',
    hint: "Read the registry's last lines above; it starts after the brokers and needs them.",
  },
  'python-setup-failed': {
    meaning: 'The Python virtual environment or kafka-python could not be set up.',
    hint: "Read pip's last lines above: most often the machine cannot reach the package index.",
  },
  'host-client-failed': {
    meaning: 'producer.py or consumer.py on the machine failed, or did not see every message.',
    hint: 'Read the last lines of the script above.',
  },
  'topic-not-found': {
    meaning: 'The topic of the smoke test does not exist.',
    hint: 'Someone deleted it while the test ran. Run again: a missing topic is created.',
  },
  'topic-unusable': {
    meaning: 'The test cannot use the topic as it is set up.',
    hint: 'Name another topic; the one in the message is left as it is.',
  },
  'messages-lost': {
    meaning: 'Messages that the brokers acknowledged are no longer on the brokers.',
    hint: 'Look at the settings of the topic (retention, cleanup.policy), at who may delete records, and at the logs of the brokers that led the partitions named above.',
  },
  'messages-corrupted': {
    meaning: 'Messages came back with different content from what was sent.',
    hint: 'Find out who else writes to the topic, and check the disks of the brokers.',
  },
  'messages-unread': {
    meaning: 'Messages that the brokers acknowledged, and still have, did not reach the consumer.',
    hint: 'Raise smoke-timeout if the cluster is only slow; otherwise look at the consumer group and at the logs of the brokers.',
  },
  'messages-duplicated': {
    meaning: 'Messages are in the topic more times than they were sent.',
    hint: 'Find out who else writes to the topic: the producer of the test is idempotent.',
  },
  'messages-out-of-order': {
    meaning: 'Messages of one partition arrived in a different order from the one they were sent in.',
    hint: 'Find out who else writes to the topic: the producer of the test keeps the order.',
  },
  'offsets-wrong': {
    meaning: 'The consumer group did not remember where it had stopped.',
    hint: 'Check the topic __consumer_offsets: its replication factor, its cleanup.policy (compact) and the logs of the brokers.',
  },
  'consumer-group-stuck': {
    meaning:
      'The consumer group cannot hand out its partitions: a member does not answer, or keeps them for itself.',
    hint: 'Stop the member named in the message, or use another group. kafka-consumer-groups --describe --members shows them.',
  },
  'broker-down': {
    meaning: 'A broker of the cluster stopped serving.',
    hint: "Read the broker's last lines in the log, then start it again; a second run of the action does that.",
  },
  'replicas-out-of-sync': {
    meaning: 'Not every replica of the topic is in sync: if one more broker fails, messages could be lost.',
    hint: 'Look at the brokers named in the message: they are down, or too slow to keep up.',
  },
  'not-enough-replicas': {
    meaning: 'The topic has fewer in-sync replicas than an acknowledgement needs.',
    hint: 'Start the missing brokers, or lower min.insync.replicas of the topic.',
  },
  'latency-too-high': {
    meaning: 'The messages took longer than max-latency-p95-ms allows.',
    hint: 'Look at the latency of each broker in the summary; the first run after a start is slower than later ones.',
  },
  'throughput-too-low': {
    meaning: 'Fewer messages per second came back than min-throughput asks for.',
    hint: 'A few messages say little about throughput: raise messages. Then look at the machine: processor, disk, memory.',
  },
  'schema-registry-failed': {
    meaning: 'The schema registry answers, but does not work as it should.',
    hint: "Read the registry's last lines in the log; the message says what it answered.",
  },
  'drill-failed': {
    meaning: 'The drill could not be carried out, or the cluster did not recover from it.',
    hint: 'The timeline in the summary shows how far it got. The broker was started again: look at its log.',
  },
  'round-trip-failed': {
    meaning: 'The producer or the consumer on the runner could not finish.',
    hint: 'Read the message: Kafka says why. Raise smoke-timeout if many messages are sent.',
  },
  'tunnel-port-in-use': {
    meaning: 'A port that the tunnel needs on the runner is already taken; the machine was not touched.',
    hint: 'Stop the process that holds the port (named in the message): most often a service container of the job, or the tunnel of an earlier step.',
  },
  'tunnel-failed': {
    meaning: 'The cluster passed, but its ports could not be kept open on the runner.',
    hint: "Read the tunnel's last lines in the log. Without the tunnel input the run would have passed.",
  },
  'command-failed': {
    meaning: 'A command on the machine failed unexpectedly.',
    hint: 'The command and its last lines are above.',
  },
  'command-timeout': {
    meaning: 'A command on the machine did not end in time and was stopped.',
    hint: 'Raise command-timeout if the machine is only slow.',
  },
  'step-without-effect': {
    meaning: 'A step ran without an error, but the machine is still not as it should be.',
    hint: 'Something on the machine works against the step; the message says what was found.',
  },
  'run-timeout': {
    meaning: 'The whole run took longer than the timeout input allows.',
    hint: 'Raise timeout. A second run goes on from where this one stopped.',
  },
  cancelled: {
    meaning: 'The run was cancelled.',
    hint: 'Run again: it goes on from where this one stopped.',
  },
  internal: {
    meaning: 'A fault in the action itself.',
    hint: 'Please report it with the log of the run.',
  },
} as const satisfies Record<string, { meaning: string; hint: string }>;

export type ErrorCode = keyof typeof ERRORS;
