import type { HostAccess, Look } from './look.ts';
import { mountAccess } from './mount-access.ts';
import { projectAccess } from './project-access.ts';
import { serviceAccess } from './service-access.ts';

/**
 * What a compose file gets of the machine, in every form that Compose takes. Docker runs as root: most of it makes whoever wrote the
 * file root on the machine. Services with a profile count, for the file's own `.env` may switch them on.
 */
export function hostAccessOf(look: Look): HostAccess[] {
  const { services } = look.model;
  return [
    ...services.flatMap(service => [...serviceAccess(service, look), ...mountAccess(service, look)]),
    ...projectAccess(look),
  ];
}
