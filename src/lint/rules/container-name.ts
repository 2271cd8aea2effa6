import type { Rule } from '../rule.ts';

export const containerName: Rule = {
  id: 'container-name',
  title: 'A fixed container name',
  severity: 'warning',
  why: 'Without `container_name` Compose names a container after its project, so that two projects live side by side. A fixed name is taken once on a machine: the second project stops with "the container name is already in use". Judged is what is deployed with the input `environment`, which is made for clusters side by side; elsewhere a fixed name is a habit that harms nobody.',
  fix: 'Take `container_name` out, and use `docker compose exec SERVICE` instead of `docker exec NAME`. Other containers find a service by its own name. It is not taken out by itself, because scripts outside the file may use the name.',
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
  check: ({ model, sideBySide }) =>
    model.services.flatMap(({ containerName: fixed }) => {
      // A name with a variable in it can be another one for each project.
      const isFixed = fixed && fixed.unresolved.length === 0 && fixed.contentStart !== undefined;
      if (!sideBySide || !isFixed) return [];
      const message =
        'A fixed container name is taken once on a machine: no second environment can run beside this one.';
      return [{ place: fixed.key, message, hint: 'Take container_name out.' }];
    }),
};
