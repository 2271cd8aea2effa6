import { asRoot, startMachine, stopMachine } from '../../integration/support/lab.ts';
import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';

const HOME = '/home/ec2-user';
const DIRECTORY = `${HOME}/docker_exp`;
const NOTES = `${HOME}/.kafka-al2023/deployments`;
const NEIGHBOUR = 'drill-neighbour';

/** What somebody on the machine's own network, who sends packets for the containers to it, gets through to. */
async function reachedByNeighbour({ root }: Scene): Promise<string[]> {
  const addresses = await root(
    `docker ps -q | xargs docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'`,
  );
  const scan = `for address in ${addresses.split('\n').join(' ')}; do for port in 2181 8081 9092 9093 19092 29092 39092; do
    timeout 1 bash -c "exec 3<>/dev/tcp/$address/$port" 2>/dev/null && echo "$address:$port"
  done; done; :`;
  const machine = { name: NEIGHBOUR } as Parameters<typeof asRoot>[0];
  return (await asRoot(machine, scan)).split('\n').filter(line => line !== '');
}

/** A second machine that takes the first one for the way to the containers, past a firewall that lets everything through. */
async function neighbour(scene: Scene): Promise<void> {
  const subnet = await scene.root(
    `docker network inspect -f '{{range .IPAM.Config}}{{.Subnet}}{{end}}' docker_exp_default`,
  );
  const machine = await startMachine(NEIGHBOUR);
  await asRoot(machine, `ip route add ${subnet} via ${scene.machine.address}`);
  await scene.root('iptables -P FORWARD ACCEPT; iptables -t raw -F PREROUTING');
  const reached = await reachedByNeighbour(scene);
  if (reached.length === 0) throw new Error('the neighbour reaches nothing anyway: the case proves nothing');
}

const neighbourScan: DrillCase = {
  name: 'neighbour-scan',
  situation: "A machine of the same network sends packets for the containers' addresses to the machine.",
  right: 'it gets through before a deployment sets the rule, and to nothing afterwards',
  make: neighbour,
  ends: { result: 'passed', outputs: { changed: 'stack' } },
  also: async scene => {
    const reached = await reachedByNeighbour(scene);
    if (reached.length > 0) throw new Error(`the neighbour reaches ${reached.join(', ')}`);
  },
  mend: async ({ root }) => {
    await stopMachine(NEIGHBOUR);
    await root('iptables -P FORWARD DROP');
  },
};

const flood: DrillCase = {
  name: 'flooding-start-file',
  situation: 'The login shell prints without end.',
  right: 'output-too-long, soon',
  withinS: 30,
  make: ({ root }) => root(`cp ${HOME}/.bashrc /root/kept 2>/dev/null; echo yes > ${HOME}/.bashrc`),
  mend: ({ root }) =>
    root(`if [ -e /root/kept ]; then cp /root/kept ${HOME}/.bashrc; else rm ${HOME}/.bashrc; fi`),
  ends: { result: 'failed', code: 'output-too-long' },
};

const plantedLink: DrillCase = {
  name: 'directory-planted-as-link',
  situation: "The deployment's directory is a link to a folder of somebody else.",
  right: 'down refuses it by name, and that folder keeps its files',
  make: ({ root }) =>
    root(
      `mkdir -p /srv/victim && touch /srv/victim/docker-compose.yml && chown -R ec2-user /srv/victim
      mv ${DIRECTORY} ${DIRECTORY}.kept && ln -s /srv/victim ${DIRECTORY}`,
    ),
  run: ({ action }) => action({ mode: 'down', volumes: 'true' }),
  also: ({ root }) => root('test -e /srv/victim/docker-compose.yml'),
  mend: ({ root }) =>
    root(`rm -rf /srv/victim; [ ! -L ${DIRECTORY} ] || rm ${DIRECTORY}; rm -rf ${DIRECTORY}.gone
      [ -e ${DIRECTORY} ] || mv ${DIRECTORY}.kept ${DIRECTORY}`),
  ends: { result: 'failed', code: 'folder-unusable', says: [/docker_exp is a symbolic link/] },
};

const hostileNotes: DrillCase = {
  name: 'hostile-notes',
  situation: 'Among the notes of deployments lie null, a link to /etc/shadow and one that names /etc.',
  right: 'passes: each is passed over and named, and nothing of it is shown or removed',
  make: ({ root }) =>
    root(`cd ${NOTES} && echo null > a.json && ln -s /etc/shadow b.json
      echo '{"version":1,"project":"c","directory":"/etc","files":["passwd"],"portShift":0,"ports":[1]}' > c.json
      chown -h ec2-user a.json b.json c.json`),
  run: ({ action }) => action({ mode: 'deploy', environment: 'pr-9' }),
  also: async ({ root, action }) => {
    const down = await action({ mode: 'down', environment: 'pr-9', volumes: 'true' });
    if (down.outputs.result !== 'passed') throw new Error('the environment cannot be taken down');
    await root(`test -e /etc/passwd && test -e ${NOTES}/a.json`);
  },
  mend: ({ root }) => root(`cd ${NOTES} && rm -f a.json b.json c.json`),
  withinS: 120,
  ends: {
    result: 'passed',
    says: [/a\.json is no record/, /b\.json is a symbolic link/, /c\.json is no record/],
    neverSays: [/root:[*!$]/],
  },
};

export const ATTACKS: DrillGroup = {
  name: 'attacks',
  machine: 'deployed',
  cases: [neighbourScan, flood, plantedLink, hostileNotes],
};
