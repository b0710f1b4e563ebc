/** kubectl: what it is told, what it answers, and what its messages mean. */
import { BackupError } from '../../runtime/errors.ts';
import { PipedProgram } from '../databases/piped-program.ts';
import { adviceOn, type Cause } from '../databases/tool-output.ts';

export interface PodOptions {
  /** Name of a service: one of its ready pods is taken. */
  readonly service?: string | undefined;
  /** Name of a pod. */
  readonly pod?: string | undefined;
  /** Default: that of the context. */
  readonly namespace?: string | undefined;
  /** Default: the current one of the kubeconfig. */
  readonly context?: string | undefined;
  /** Default: the one that the pod's annotation names, else its first. */
  readonly container?: string | undefined;
  /** The whole environment of kubectl: KUBECONFIG, HOME, PATH, and what its credentials plugin needs. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

const page = 'docs/kubernetes.md';

/** Messages of kubectl and of the API server, as client-go and the container runtimes word them. */
const causes: readonly Cause[] = [
  {
    pattern: /executable file not found|stat \S+: no such file|exec: "sh"|\/bin\/sh: no such file/i,
    likelyCause: 'the image of the container has no shell',
    fix: 'name another container of the pod (input kube-container), or reach the server from the runner (input database-url)',
    code: 'no-shell',
  },
  {
    pattern: /pods? ".*" not found|\(NotFound\)|container .* is not valid for pod|container not found/i,
    likelyCause: 'there is no such pod or container in that namespace (any more)',
    fix: 'compare with: kubectl get pods --namespace NAMESPACE; with kube-service, a pod that is replaced is found again',
    code: 'no-pod',
  },
  {
    pattern: /completed pod|current phase is|container .* is not running|unable to find upgrade|is waiting to start/i,
    likelyCause: 'the pod, or its container, does not run',
    fix: 'look at it with: kubectl describe pod',
    code: 'no-pod',
  },
  {
    pattern: /context ".*" does not exist|context was not found|no context exists|localhost:8080/i,
    likelyCause: 'there is no kubeconfig, or it lacks the context',
    fix: `write it in a step before, for example with aws eks update-kubeconfig: ${page}`,
    code: 'kube-config',
  },
  {
    pattern: /Unauthorized|must be logged in|getting credentials|exec plugin|token.*expired/i,
    likelyCause: 'the cluster does not know the credentials of the kubeconfig, or they have expired',
    fix: `for EKS, give the role of the job an access entry of the cluster: ${page}`,
    code: 'kube-credentials',
  },
  {
    pattern: /Unable to connect to the server|connection refused|no such host|i\/o timeout|TLS handshake|x509/i,
    likelyCause: 'the API server of the cluster cannot be reached from the runner',
    fix: `let the runner's network in, or use a runner in the cluster's network: ${page}`,
    code: 'kube-unreachable',
  },
];

/** What the API server says when RBAC refuses: `User "x" cannot get resource "pods/exec" in API group "" in the namespace "shop"`. */
const forbidden =
  /User "([^"]*)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)")?/;

export function kubectlFailure(what: string, status: number | string, errors: string): BackupError {
  const told = forbidden.exec(errors);
  const line = errors.split('\n').findLast((text) => text.trim() !== '') ?? `kubectl ended with status ${status}`;
  if (told) {
    const [, user, verb, resource, group, namespace] = told;
    return new BackupError({
      what: `${what}: ${line}`,
      likelyCause: `the cluster's RBAC does not let "${user}" do that`,
      fix: `give it the verb ${verb} on ${resource}${group ? ` (API group ${group})` : ''}${namespace ? ` in the namespace ${namespace}` : ''}: ${page} has the whole role`,
      detail: errors,
      code: 'kube-forbidden',
    });
  }
  return new BackupError({ what: `${what}: ${line}`, detail: errors, ...adviceOn(errors, status, causes) });
}

/** Runs kubectl for an answer. @throws BackupError */
export async function askKubectl(options: PodOptions, what: string, words: readonly string[]): Promise<string> {
  let errors = '';
  const program = new PipedProgram({
    program: 'kubectl',
    parameters: [...ownParameters(options), '--request-timeout=30s', ...words],
    environment: options.environment,
    what,
    signal: options.signal,
    onErrors: (text) => {
      errors = (errors + text).slice(-8000);
    },
    failure: (status) => kubectlFailure(what, status, errors.trim()),
  });
  program.end();
  const chunks: Buffer[] = [];
  for await (const chunk of program.stdout) chunks.push(chunk);
  await program.done().catch(explainMissing);
  return Buffer.concat(chunks).toString('utf8');
}

function explainMissing(error: unknown): never {
  if (!(error instanceof BackupError) || error.code !== 'tool-missing') throw error;
  throw new BackupError({
    what: error.what,
    likelyCause: 'kubectl is not installed on the runner, or not in PATH',
    fix: 'install it in a step before; the images of GitHub have it',
    code: 'tool-missing',
  });
}

/** What names the cluster and the namespace. */
export function ownParameters({ namespace, context }: PodOptions): string[] {
  return [
    ...(context === undefined ? [] : [`--context=${context}`]),
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
  ];
}
