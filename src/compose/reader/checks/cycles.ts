import type { Fault } from '../fault.ts';
import type { ComposeModel, Service } from '../model.ts';
import { type Need, needsOf } from './dependencies.ts';
import { belongTogether } from './profiles.ts';

/**
 * Services that wait for each other, a fault for each ring: Compose refuses the project. A ring over services that never run
 * together is none.
 * Source: compose-go's `graph/cycle.go`.
 */
export function cycleFaults({ services }: ComposeModel): Fault[] {
  const byName = new Map(services.map(service => [service.name, service]));
  const needs = new Map(services.map(service => [service.name, needsOf(service)]));
  const done = new Set<string>();
  const faults: Fault[] = [];
  for (const { name } of services) faults.push(...ringsFrom(name, needs, byName, done));
  return faults;
}

interface Step {
  readonly name: string;
  readonly needs: readonly Need[];
  next: number;
}

/** Goes through what a service needs, deep first; without calling itself, for chains may be long. */
function ringsFrom(
  start: string,
  needs: ReadonlyMap<string, readonly Need[]>,
  byName: ReadonlyMap<string, Service>,
  done: Set<string>,
): Fault[] {
  if (done.has(start)) return [];
  const faults: Fault[] = [];
  const path: Step[] = [{ name: start, needs: needs.get(start) ?? [], next: 0 }];
  const onPath = new Map([[start, 0]]);
  for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
    const need = step.needs[step.next++];
    if (need === undefined) {
      done.add(step.name);
      onPath.delete(step.name);
      path.pop();
      continue;
    }
    const { service } = need;
    const at = onPath.get(service);
    if (at !== undefined)
      faults.push(
        ...ringFault(
          path.slice(at).map(({ name }) => name),
          need,
          byName,
        ),
      );
    else if (byName.has(service) && !done.has(service)) {
      onPath.set(service, path.length);
      path.push({ name: service, needs: needs.get(service) ?? [], next: 0 });
    }
  }
  return faults;
}

function ringFault(names: readonly string[], { place }: Need, byName: ReadonlyMap<string, Service>): Fault[] {
  const services = names.flatMap(name => byName.get(name) ?? []);
  const [first] = services;
  if (!first || !services.every(service => belongTogether(first, service))) return [];
  const ring = [...names, first.name].map(name => `"${name}"`);
  const shown = ring.length > 10 ? [...ring.slice(0, 9), '…', ring.at(-1)] : ring;
  const message =
    names.length === 1
      ? `${ring[0]} waits for itself: Compose refuses the project.`
      : `${shown[0]} waits for ${shown.slice(1).join(', which waits for ')}: Compose refuses the project.`;
  return [{ kind: 'dependency-cycle', message, place }];
}
