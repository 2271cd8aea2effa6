import type { DrillCase } from '../../support/drill-case.ts';

const WITHOUT_REGISTRY = `docker ps -aq --filter label=com.docker.compose.service=schema-registry | xargs docker rm -f >/dev/null
docker image ls -q "*/cp-schema-registry" | xargs docker image rm -f >/dev/null`;

export const PROGRAMS: readonly DrillCase[] = [
  {
    name: 'compose-wrapper',
    situation: 'Somebody has put a script of their own at /usr/local/bin/docker-compose.',
    right: 'passes with a warning that it is replaced and where it is kept',
    quick: true,
    make: ({ root }) =>
      root(`cd /usr/local/bin && mv docker-compose compose-of-others
        printf '#!/bin/sh\\nexec /usr/local/bin/compose-of-others "$@"\\n' >docker-compose && chmod 755 docker-compose`),
    mend: ({ root }) =>
      root('rm -f /usr/local/bin/compose-of-others /usr/local/bin/docker-compose.replaced*'),
    ends: { result: 'passed', says: [/::warning.*docker-compose was a script .*kept as/] },
    also: ({ root }) => root('grep compose-of-others /usr/local/bin/docker-compose.replaced'),
  },
  {
    name: 'compose-plugin-link',
    situation: '/usr/local/bin/docker-compose is a link to the plug-in of another package.',
    right: 'passes with a warning; what the link led to stays as it is',
    make: ({ root }) =>
      root(`mkdir -p /usr/libexec/docker/cli-plugins && cd /usr/libexec/docker/cli-plugins && printf '#!/bin/sh\\necho Docker Compose version v2.0.0\\n' >docker-compose
        chmod 755 docker-compose && ln -sf $PWD/docker-compose /usr/local/bin/docker-compose`),
    mend: ({ root }) => root('rm -rf /usr/libexec/docker /usr/local/bin/docker-compose.replaced*'),
    ends: { result: 'passed', says: [/::warning.*docker-compose was a link to/] },
    also: ({ root }) => root('grep v2.0.0 /usr/libexec/docker/cli-plugins/docker-compose'),
  },
  {
    name: 'compose-version-missing',
    situation: 'compose-version names a version that was never published, while another one is installed.',
    right: 'compose-download-failed, which says so; it does not pass on the other version',
    quick: true,
    run: ({ action }) => action({ 'compose-version': 'v9.9.9' }),
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'compose-download-failed',
      says: [/v9\.9\.9.*404/, /what is installed is another version: .*v\d/, /Check compose-version/],
      neverSays: [/Give the checksum in compose-sha256/],
    },
  },
  {
    name: 'missing-credential-helper',
    situation: "root's Docker configuration names a credential helper that is not installed.",
    right: 'image-pull-failed with the name of the helper, after one try',
    make: ({ root }) =>
      root(
        `mkdir -p /root/.docker && echo '{"credsStore":"ecr-login"}' >/root/.docker/config.json; ${WITHOUT_REGISTRY}`,
      ),
    mend: ({ root }) => root('rm -rf /root/.docker'),
    withinS: 30,
    ends: {
      result: 'failed',
      code: 'image-pull-failed',
      says: [/docker-credential-ecr-login.*not installed/, /\/root\/\.docker\/config\.json/],
      neverSays: [/trying again/, /rate limit/],
    },
  },
];
