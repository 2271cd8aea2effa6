import { ownCommandText } from '../compose/kafka/own-program.ts';
import type { Service } from '../compose/reader/model.ts';

/** Java's options for a debugger that waits to be called: `-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005`. */
const DEBUGGER = /-(?:agentlib:jdwp=|Xrunjdwp:)([\w=,.:*[\]-]+)/g;

/**
 * True where Java's debugger, which runs any code that it is given, listens at a port on all addresses. With a port alone Java since 9
 * listens on the container's localhost, where nobody is.
 * Source: https://docs.oracle.com/en/java/javase/17/docs/specs/jpda/conninv.html
 */
export function isDebugger(service: Service, isPort: (port: number) => boolean): boolean {
  const texts = [
    ownCommandText(service),
    ...[...service.environment.values()].map(({ value }) => value.text),
  ];
  return texts
    .flatMap(text => [...text.matchAll(DEBUGGER)])
    .map(
      ([, options = '']) => new Map(options.split(',').map(each => each.split('=', 2) as [string, string])),
    )
    .some(options => {
      const [, port] = /^(?:\*|0\.0\.0\.0):(\d+)$/.exec(options.get('address') ?? '') ?? [];
      return options.get('server') === 'y' && port !== undefined && isPort(Number(port));
    });
}
