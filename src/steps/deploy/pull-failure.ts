import { ActionError, lastLines } from '../../errors.ts';
import { proxyHint } from './proxy-trouble.ts';

/** A pull that failed, for what it is. Those that may succeed a moment later are `retriable`. */
export function pullFailed(output: string): ActionError {
  const details = lastLines(output, 10);
  const reason =
    details.findLast(line => /error|denied|manifest|toomanyrequests/i.test(line)) ?? details.at(-1) ?? '';
  const failed = (message: string, hint?: string, retriable = false) =>
    new ActionError('image-pull-failed', message, { details, hint, retriable });

  const helper = /(?<![\w.-])(docker-credential-[\w.-]+)["']?:? executable file not found/i.exec(output)?.[1];
  if (helper !== undefined || /error getting credentials/i.test(output)) {
    const name = helper ?? /(?<![\w.-])docker-credential-[\w.-]+/.exec(output)?.[0] ?? 'a credential helper';
    return failed(
      `Docker asks ${name} for the registry's password, ${helper === undefined ? `which failed: ${reason}` : 'which is not installed'}`,
      `root's Docker is told so on the machine: install ${name}, or remove credsStore and credHelpers that name it: sudo grep -n cred /root/.docker/config.json`,
    );
  }
  if (
    /unauthorized|authentication required|no basic auth credentials|incorrect username or password/i.test(
      output,
    )
  ) {
    return failed(
      `the image registry wants a login, or refuses the one it got: ${reason}`,
      "Log root's Docker in on the machine, for the registry in the message: sudo docker login REGISTRY",
    );
  }
  if (
    /manifest unknown|manifest for .* not found|pull access denied|repository does not exist|: not found/i.test(
      output,
    )
  ) {
    return new ActionError('image-not-found', `an image does not exist: ${reason}`, { details });
  }
  if (/x509:|certificate signed by unknown authority/i.test(output)) {
    return failed(
      `the certificate of the image registry is refused: ${reason}`,
      "Something between the machine and the registry may show its own certificate (a proxy), or the certificate is really not valid. Docker trusts more authorities by /etc/docker/certs.d/REGISTRY/ca.crt, and by the system's: sudo update-ca-trust && sudo systemctl restart docker",
    );
  }
  if (/toomanyrequests|429 too many|pull rate limit|rate exceeded/i.test(output)) {
    // Docker Hub's limit lasts for hours, those on the rate of requests for seconds.
    const isUsedUp = /pull rate limit/i.test(output);
    const message = `the image registry refuses the pull for now, its rate limit is used up: ${reason}`;
    return new ActionError('image-rate-limited', message, { details, retriable: !isUsedUp });
  }
  return failed(`an image could not be pulled: ${reason}`, proxyHint(output), true);
}
