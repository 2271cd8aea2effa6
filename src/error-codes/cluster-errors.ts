import type { ErrorText } from './error-text.ts';

/** Faults of a cluster over several machines. */
export const CLUSTER_ERRORS = {
  'private-address-unknown': {
    meaning: 'Nobody can say at which private address the other machines of the cluster find a machine.',
    hint: 'Give the private address of each machine in private-addresses, in the order of host. On a machine they show in: ip -brief -4 address',
  },
  'way-closed': {
    meaning: 'A machine of the cluster does not reach another one at a port of Kafka; nothing was deployed.',
    hint: 'Let the machines reach one another at TCP 9092 and 9093. In their security group: aws ec2 authorize-security-group-ingress --group-id GROUP --source-group GROUP --protocol tcp --port 9092-9093',
  },
  'machines-of-different-clusters': {
    meaning: 'Machines in `host` have data of different clusters, or two of them data of the same node.',
    hint: 'Name the machines of one cluster only. If the data of a machine may go, remove them there by mode: down with volumes: true, host being this machine alone, then deploy again.',
  },
  'controller-missing': {
    meaning:
      'A machine that decides for the cluster is not in `host`, or the number of controllers is another one.',
    hint: 'Name all machines of the cluster in host, with the same controllers as before. What a machine is says: cat docker_exp/.env. If one of them is lost for good, put a new machine in its place and say so by replace: OLD=NEW. If the whole cluster may go: mode: down with volumes: true, then deploy again.',
  },
  'replacement-refused': {
    meaning:
      'A machine cannot take over the node of another one: two nodes of one id, or too few that know everything, would harm the cluster.',
    hint: 'Read which it is. A machine that is still there must be switched off for good, or be reached by SSH as those in host are; the others must run and be in sync: deploy without replace does not mend that, the containers on them tell why: sudo docker ps -a',
  },
  'member-not-listed': {
    meaning: 'The cluster has a broker on a machine that is not in `host`, and what is to be done needs it.',
    hint: 'Name its machine in host again, or let it leave: remove-hosts with its name.',
  },
  'node-cannot-leave': {
    meaning:
      'A machine in `remove-hosts` cannot leave the cluster; whatever was not done yet was left as it is.',
    hint: 'What keeps it stands in the message. The brokers that stay must be able to have all replicas, and the broker that leaves must be one that can be stopped. The next run with the same inputs goes on from there.',
  },
  'certificate-failed': {
    meaning: 'A certificate for the nodes of the cluster could not be made.',
    hint: "Read openssl's last lines. A certificate that is not yet valid tells of clocks that differ: compare the output of date -u on the machines.",
  },
  'rebalance-failed': {
    meaning:
      "One of Kafka's own tools did not do what the rebalance asked of it; the partitions have all their replicas, wherever they are.",
    hint: "Read the tool's last lines. What is on its way still: sudo docker exec -i docker_exp-kafka-1 kafka-reassign-partitions --bootstrap-server ADDRESS:9092 --command-config /etc/kafka/tls/client.properties --list. The next run with rebalance goes on from there.",
  },
} as const satisfies Record<string, ErrorText>;
