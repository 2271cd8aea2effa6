import { ActionError } from '../../errors.ts';
import { DOCKER_HUB, imagePlace, isHubHost } from '../reader/image-name.ts';
import type { Deployment } from './deployment.ts';

/** The compose file of ours, behind the user's own, that names images by another registry. */
export const REGISTRY_FILE = 'docker-compose.image-registry.yml';
/** How that file begins: one of the same name that does not is somebody else's. */
export const REGISTRY_FILE_HEAD = '# Written by kafka-al2023-action for the input image-registry.';

/** The host of a registry's address such as `mirror.example:5000/docker-hub`; every name of Docker Hub is `docker.io`. */
export function hostOf(registry: string): string {
  const [host = ''] = registry.split('/', 1);
  return isHubHost(host) ? DOCKER_HUB : host;
}

/** An image by its name at the registry that takes the place of Docker Hub; one of any other registry keeps its name. */
export function imageAt(registry: string, image: string): string {
  const { host, path } = imagePlace(image);
  if (image === '' || host !== DOCKER_HUB || isHubHost(registry)) return image;
  return `${registry}/${path}`;
}

/** The services whose image comes from the registry, by whichever name it stands in the compose file. */
export function servicesFrom(registry: string, images: ReadonlyMap<string, string>): string[] {
  const host = hostOf(registry);
  return [...images].filter(([, image]) => imagePlace(image).host === host).map(([service]) => service);
}

/**
 * The deployment with the images of Docker Hub taken from another registry. The compose files stay as they are: one more, read
 * after them, gives the services their images.
 * @param registry host, port and path: `123456789012.dkr.ecr.eu-west-3.amazonaws.com/docker-hub`
 * @param withLogin only the step that pulls the images can: nothing may want them again later
 * @throws ActionError `compose-file-unsupported` when a file of the user's has the name of that file
 */
export function fromRegistry(deployment: Deployment, registry: string, withLogin: boolean): Deployment {
  const { stack, composeFiles, files } = deployment;
  const images = new Map(
    [...stack.serviceImages].map(([service, image]) => [service, imageAt(registry, image)] as const),
  );
  const pulled = new Set(servicesFrom(registry, images));
  const lines = [...images].flatMap(([service, image]) => {
    const isOther = image !== stack.serviceImages.get(service);
    const isHeld = withLogin && pulled.has(service);
    if (!isOther && !isHeld) return [];
    return [
      `  ${JSON.stringify(service)}:`,
      ...(isOther ? [`    image: ${JSON.stringify(image)}`] : []),
      ...(isHeld ? ['    pull_policy: missing'] : []),
    ];
  });
  if (lines.length === 0) return deployment;
  if (files.has(REGISTRY_FILE))
    throw new ActionError(
      'compose-file-unsupported',
      `${REGISTRY_FILE} is the name of a file of the action's own, which image-registry needs: give yours another name`,
    );
  const text = [REGISTRY_FILE_HEAD, 'services:', ...lines, ''].join('\n');
  return {
    ...deployment,
    stack: { ...stack, serviceImages: images, images: [...new Set(images.values())] },
    composeFiles: [...composeFiles, REGISTRY_FILE],
    files: new Map([...files, [REGISTRY_FILE, text]]),
  };
}
