/** Programs in a pod, and ports of it. */
import type { Relay } from '../../ports/remote.ts';
import { BackupError } from '../../runtime/errors.ts';
import { PipedProgram } from '../databases/piped-program.ts';
import type { Carrier } from './carrier.ts';
import { ExecPlace } from './exec.ts';
import { kubectlFailure, ownParameters, type PodOptions } from './kubectl.ts';
import { choosePod } from './service.ts';

/** Finds the pod. @throws BackupError when there is none that is ready, or when the cluster cannot be asked */
export async function podPlace(options: PodOptions): Promise<ExecPlace> {
  const pod = options.pod ?? (await choosePod(options));
  const inNamespace = options.namespace === undefined ? '' : ` (namespace ${options.namespace})`;
  const container = options.container === undefined ? [] : [`--container=${options.container}`];
  const carrier: Carrier = {
    shown: `the pod ${pod}${inNamespace}`,
    program: 'kubectl',
    // A terminal would change bytes. What kubectl says of the container it chose is no message of the program.
    parameters: [...ownParameters(options), 'exec', '--stdin', '--quiet', pod, ...container, '--'],
    environment: options.environment,
    failure: kubectlFailure,
    fallback: ({ port, host }) => forwardPort(options, pod, host, port),
  };
  return new ExecPlace(carrier);
}

/** A port of the pod through kubectl port-forward, where the image has nothing that relays. */
async function forwardPort(options: PodOptions, pod: string, host: string, port: number): Promise<Relay> {
  if (host !== '127.0.0.1' && host !== 'localhost')
    throw new BackupError({
      what: `${host}:${port} cannot be reached through the pod ${pod}`,
      likelyCause: 'its image has neither socat nor bash nor nc, and kubectl port-forward reaches the pod alone',
      fix: 'name a pod of the server itself, or give a database-url that the runner reaches',
      code: 'no-relay',
    });
  let errors = '';
  const what = `the connection to port ${port} of the pod ${pod}`;
  const program = new PipedProgram({
    program: 'kubectl',
    parameters: [...ownParameters(options), 'port-forward', '--address=127.0.0.1', `pod/${pod}`, `:${port}`],
    environment: options.environment,
    what,
    signal: options.signal,
    onErrors: (text) => {
      errors = (errors + text).slice(-8000);
    },
    failure: (status) => kubectlFailure(what, status, errors.trim()),
  });
  let said = '';
  for await (const chunk of program.stdout) {
    said += chunk.toString('utf8');
    const local = /Forwarding from 127\.0\.0\.1:(\d+) ->/.exec(said)?.[1];
    if (local === undefined) continue;
    return {
      host: '127.0.0.1',
      port: Number(local),
      problem: () => errors.trim().split('\n').at(-1) || undefined,
      close: () => program.discard(),
    };
  }
  await program.done();
  throw kubectlFailure(what, 0, errors.trim());
}
