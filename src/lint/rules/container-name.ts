import type { Rule } from '../rule.ts';

export const containerName: Rule = {
  id: 'container-name',
  title: 'A fixed container name',
  severity: 'warning',
  why: 'Without `container_name` Compose names a container after its project, so that two projects live side by side. A fixed name is taken once on a machine: the second project, or what an earlier one left behind, stops with "the container name is already in use". Other containers find a service by its own name, whatever its container is called.',
  fix: 'Take `container_name` out, and use `docker compose exec SERVICE` instead of `docker exec NAME`. It is not taken out by itself, because scripts outside the file may use the name.',
  example: {
    bad: `services:
  app:
    image: busybox:1.37
    container_name: app
`,
    good: `services:
  app:
    image: busybox:1.37
`,
  },
  check: ({ model }) =>
    model.services.flatMap(({ name, containerName: fixed }) => {
      // A name with a variable in it can be another one for each project.
      if (!fixed || fixed.unresolved.length > 0 || fixed.contentStart === undefined) return [];
      const message = `The container of "${name}" is always called "${fixed.text}": no second project can run beside this one.`;
      return [{ place: fixed.key, message, hint: 'Take container_name out.' }];
    }),
};
