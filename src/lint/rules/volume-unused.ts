import type { ComposeModel } from '../../compose/reader/model.ts';
import { asMap, scalarsIn, valueAt } from '../../compose/reader/value.ts';
import type { Problem, Rule } from '../rule.ts';

export const volumeUnused: Rule = {
  id: 'volume-unused',
  title: 'A volume that no service mounts',
  severity: 'warning',
  why: 'Compose makes no volume that nobody mounts, and says nothing. Where it was meant for the data of a broker, that data is in the container and gone with it.',
  fix: 'Mount it where the data is, or take it out.',
  example: {
    bad: `services:
  app:
    image: busybox:1.37
volumes:
  data:
`,
    good: `services:
  app:
    image: busybox:1.37
    volumes:
      - data:/data
volumes:
  data:
`,
  },
  check: ({ model }) => problemsOf(model),
};

function problemsOf(model: ComposeModel): Problem[] {
  const { services, top } = model;
  // What is not read may mount it.
  const isUnknown = ({ whole, isPartial }: ComposeModel['services'][number]) =>
    isPartial === true || scalarsOf(whole).some(({ unresolved }) => unresolved.length > 0);
  if (!model.complete || services.length === 0 || services.some(isUnknown)) return [];
  const used = new Set(services.flatMap(({ mounts }) => mounts.map(({ source }) => source)));
  return [...(asMap(valueAt(top, 'volumes'))?.entries.values() ?? [])].flatMap(({ key, keyPlace }) => {
    if (used.has(key)) return [];
    const message = `No service mounts the volume "${key}": Compose does not make it, and nothing is kept there.`;
    return [
      { place: keyPlace, cause: 'unused', message, hint: 'Mount it where the data is, or take it out.' },
    ];
  });
}

const scalarsOf = (service: ComposeModel['services'][number]['whole']) =>
  scalarsIn(valueAt(service, 'volumes'));
