import { memoryOf, type ServiceMemory } from '../kafka/service-memory.ts';
import type { ComposeModel } from '../reader/model.ts';
import type { MachineView, PublishedPort } from './machine-view.ts';

/** What compose files put on a machine: read from them, never assumed. */
export interface Stack {
  readonly services: readonly string[];
  readonly images: readonly string[];
  /** The image of each service that has one. */
  readonly serviceImages: ReadonlyMap<string, string>;
  readonly publishedPorts: readonly PublishedPort[];
  /** Names of the volumes that the files declare, without the project's name that Docker Compose puts before them. */
  readonly volumes: readonly string[];
  /** The memory that each service takes at most, where the files tell. */
  readonly memory: readonly ServiceMemory[];
}

/** @param view of the same model */
export function stackOf(model: ComposeModel, { services, images, publishedPorts }: MachineView): Stack {
  return {
    services,
    images,
    serviceImages: new Map(
      model.services.flatMap(({ name, image }) => (image ? [[name, image.text] as const] : [])),
    ),
    publishedPorts,
    volumes: [...model.volumes.keys()],
    memory: model.services.flatMap(service => memoryOf(service) ?? []),
  };
}
