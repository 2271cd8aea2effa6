import type { Service } from '../../compose/reader/model.ts';
import { onAllInterfaces, type Port } from '../../compose/reader/ports.ts';
import { runTogether } from '../../compose/reader/profiles.ts';
import type { Problem, Rule } from '../rule.ts';

export const portPublishedTwice: Rule = {
  id: 'port-published-twice',
  title: 'A port of the machine is published twice',
  severity: 'error',
  why: 'A port of the machine leads to one container. The second container that publishes it does not start: "port is already allocated". It is a warning, told once, where so many services share ports that the file is one to choose from.',
  fix: 'Give each container a port of its own; for a broker that is also the port it advertises.',
  example: {
    bad: `services:
  one:
    image: busybox:1.37
    ports: ['9092:9092']
  two:
    image: busybox:1.37
    ports: ['9092:9092']
`,
    good: `services:
  one:
    image: busybox:1.37
    ports: ['19092:9092']
  two:
    image: busybox:1.37
    ports: ['29092:9092']
`,
  },
  check: ({ model }) => problemsOf(model.services),
};

/** More services that take a port from more others than anybody overlooks. */
const MANY = 3;

function problemsOf(services: readonly Service[]): Problem[] {
  const rivals = new Set<Service>();
  const late = new Set<Service>();
  const problems = clashesIn(services, (rival, service) => {
    rivals.add(rival);
    late.add(service);
  });
  return rivals.size >= MANY && late.size >= MANY ? problems.map(ofChoice) : problems;
}

/** The services of such a file are there to be chosen from; all at once they never ran. */
const ofChoice = (problem: Problem): Problem => ({
  ...problem,
  severity: 'warning',
  cause: 'a choice',
  message: `${problem.message.slice(0, -1)}: of the services that share a port only one can run.`,
  hint: 'Give each a profile where they are never meant to run together, or a port of its own.',
});

function clashesIn(
  services: readonly Service[],
  found: (rival: Service, service: Service) => void,
): Problem[] {
  const earlier = new Published();
  return services.flatMap(service =>
    service.ports.flatMap(port => {
      const rival = earlier
        .near(port)
        .find(other => clash(other.port, port) && runTogether(other.service, service));
      earlier.add({ port, service });
      if (!rival) return [];
      found(rival.service, service);
      const { from = 0, to = 0 } = port.published ?? {};
      const shown = from === to ? `Port ${from}` : `A port from ${from} to ${to}`;
      const message = `${shown} of the machine is published by "${rival.service.name}" already.`;
      return [{ place: port.place, message, hint: 'Publish another port of the machine.' }];
    }),
  );
}

interface PublishedPort {
  readonly port: Port;
  readonly service: Service;
}

/** Published ports, in their order. Of thousands of them each is held against those of its own number alone. */
class Published {
  private readonly all: PublishedPort[] = [];
  private readonly ranges: PublishedPort[] = [];
  private readonly single = new Map<number, PublishedPort[]>();

  add(published: PublishedPort): void {
    const { from, to } = published.port.published ?? {};
    if (from === undefined) return;
    this.all.push(published);
    if (from !== to) this.ranges.push(published);
    else this.single.set(from, [...(this.single.get(from) ?? []), published]);
  }

  /** @returns those that may clash with a port, the first one first */
  near({ published }: Port): readonly PublishedPort[] {
    if (!published) return [];
    const { from, to } = published;
    if (from !== to || this.ranges.length > 0) return this.all;
    return this.single.get(from) ?? [];
  }
}

function clash(a: Port, b: Port): boolean {
  if (!a.published || !b.published || a.protocol !== b.protocol || picksFree(a) || picksFree(b)) return false;
  const sameAddress = a.address === b.address || onAllInterfaces(a) || onAllInterfaces(b);
  return sameAddress && a.published.from <= b.published.to && b.published.from <= a.published.to;
}

/** A range of the machine's ports for one of the container: Docker takes the first that is free. */
const picksFree = ({ published, target }: Port) =>
  published !== undefined && published.to > published.from && target.from === target.to;
