/**
 * EventBridge and Lambda: what a rule starts runs as a process of its own, with the code, the role and the variables of the template.
 * It has the documented environment, and of packages the SDK alone.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { authorizer, type PolicyOptions } from '../endpoint/authorization.ts';
import type { Session, Sts } from '../sts/sts.ts';
import type { FunctionDefinition, Functions } from './functions.ts';

export interface LambdaOptions extends PolicyOptions {
  readonly functions: Functions;
  readonly sts: Sts;
  readonly region: string;
  /** Of the lab's AWS. */
  readonly endpoint: string;
}

export interface Invocation {
  /** What the handler returned. */
  readonly result?: unknown;
  /** Why it counts under `Errors`; undefined when it ended well. */
  readonly error?: string;
  /** What it printed. */
  readonly log: string;
}

const packages = fileURLToPath(new URL('../../../../node_modules/@aws-sdk', import.meta.url));
const bootstrap = fileURLToPath(new URL('bootstrap.cjs', import.meta.url));

export class Lambda {
  readonly #options: LambdaOptions;

  constructor(options: LambdaOptions) {
    this.#options = options;
  }

  /** @throws Error when there is no such rule, or it may not start its target */
  async fire(rule: string): Promise<Invocation> {
    const { functions } = this.#options;
    const found = functions.rules.get(rule);
    const target = [...functions.functions.values()].find(({ arn }) => found?.targets.includes(arn));
    if (!found || !target) throw new Error(`there is no rule ${rule} with a function as its target`);
    const mayStart = [...functions.permissions.values()].some(
      ({ functionName, action, principal, sourceArn }) =>
        functionName === target.name &&
        action === 'lambda:InvokeFunction' &&
        principal === 'events.amazonaws.com' &&
        (sourceArn === undefined || sourceArn === found.arn),
    );
    if (!mayStart) throw new Error(`events.amazonaws.com may not invoke ${target.name} for ${found.arn}`);
    return this.#invoke(target);
  }

  async #invoke(definition: FunctionDefinition): Promise<Invocation> {
    const { sts } = this.#options;
    const session = sts.sessionForService(definition.roleArn, 'lambda.amazonaws.com', definition.name);
    this.#keepLog(definition, session);
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-lambda-'));
    try {
      const task = join(folder, 'task');
      mkdirSync(task);
      // Without a package.json it is a CommonJS module (CloudFormation template reference, AWS::Lambda::Function Code).
      writeFileSync(join(task, 'index.js'), definition.code);
      mkdirSync(join(folder, 'runtime'));
      symlinkSync(packages, join(folder, 'runtime', '@aws-sdk'));
      const env = { ...this.#environment(definition, session, task), NODE_PATH: join(folder, 'runtime') };
      const child = fork(bootstrap, [], { cwd: task, env, execArgv: [], silent: true });
      return await ended(child, { task, handler: definition.handler, seconds: definition.timeoutSeconds });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Lambda developer guide, "Defined runtime environment variables". */
  #environment(
    { name, memoryMiB, variables, runtime }: FunctionDefinition,
    { accessKeyId, secretAccessKey, sessionToken = '' }: Session,
    task: string,
  ): Record<string, string> {
    const { region, endpoint } = this.#options;
    return {
      ...variables,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMiB),
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]1',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      LAMBDA_TASK_ROOT: task,
      LANG: 'en_US.UTF-8',
      PATH: '/usr/local/bin:/usr/bin/:/bin:/opt/bin',
      TZ: ':UTC',
      // Not one of them: where the lab is.
      AWS_ENDPOINT_URL: endpoint,
    };
  }

  /** Lambda writes the log with the role of the function. What it may not write is lost without a word. */
  #keepLog({ name }: FunctionDefinition, { identity }: Session): void {
    const arn = this.#options.functions.logGroups.get(`/aws/lambda/${name}`);
    if (arn === undefined) return;
    const scope = { service: 'logs' } as Parameters<typeof authorizer>[0]['scope'];
    const policies = authorizer({ identity, name: identity.arn, scope }, this.#options, new Set());
    const stream = arn.replace(/\*$/, 'log-stream:2026/01/01/[$LATEST]1');
    for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents'])
      try {
        policies.authorize({ action, resources: [stream] });
      } catch {
        return;
      }
  }
}

async function ended(
  child: ChildProcess,
  { task, handler, seconds }: { readonly task: string; readonly handler: string; readonly seconds: number },
): Promise<Invocation> {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => lines.push(String(text)));
  let answer: Omit<Invocation, 'log'> = { error: 'Runtime.ExitError: the process ended without an answer' };
  child.once('message', (message) => {
    answer = message as Omit<Invocation, 'log'>;
  });
  const timer = setTimeout(() => {
    answer = { error: `Sandbox.Timedout: Task timed out after ${seconds} seconds` };
    child.kill('SIGKILL');
  }, seconds * 1000);
  child.send({ task, handler, event: { source: 'aws.events' }, endsAt: Date.now() + seconds * 1000 });
  await once(child, 'close');
  clearTimeout(timer);
  return { ...answer, log: lines.join('') };
}
