/** What the action db-dump needs of GitHub when it runs outside of it: its inputs, the names of its run, and a reader of its log. */
import { Masks, parseCommand } from '../../lab/runner/commands.ts';
import { description, inputs } from '../../src/actions/db-dump/inputs.ts';

/** Those that speak of GitHub, or of a folder in a workflow's checkout. */
const notHere = ['github-token', 'runbook-url'];
const definitions = Object.fromEntries(Object.entries(inputs.definitions).filter(([name]) => !notHere.includes(name)));

/** Secrets are no options, since every account of the host sees the arguments of a process. */
export const optionNames: readonly string[] = Object.keys(definitions).filter((name) => !definitions[name]?.secret);

/** The environment variable of an input. */
export const variableOf = (name: string): string => `HOLDFAST_${name.toUpperCase().replaceAll('-', '_')}`;

export const variables: readonly string[] = Object.keys(definitions).map(variableOf);

export const usage = `npm run dump [-- options]

${description}

Every input of the action db-dump is an option (--source shop.prod) or an environment variable (HOLDFAST_SOURCE=shop.prod); an
option goes first. Secrets are variables only: ${Object.keys(definitions)
  .filter((name) => definitions[name]?.secret)
  .map(variableOf)
  .join(', ')}.
HOLDFAST_REGION, AWS_REGION or AWS_DEFAULT_REGION serves as --aws-region. The inputs: actions/db-dump/README.md.

${optionNames.map((name) => `  --${name}`).join('\n')}

It uses the ordinary AWS credentials. The summary goes to standard output. Exit status: 0 done, 1 failed, 2 wrong options.`;

interface Given {
  readonly options: Readonly<Record<string, string | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name of the host, or of the pod. */
  readonly host: string;
  /** Milliseconds since 1970; the number of the run. */
  readonly now?: number;
}

/** The environment of the action's process, as a runner would set it. */
export function stepEnvironment({ options, env, host, now = Date.now() }: Given): Record<string, string> {
  const region = env.HOLDFAST_REGION || env.AWS_REGION || env.AWS_DEFAULT_REGION || '';
  const values = Object.entries(definitions).map(([name, { default: preset = '' }]) => {
    const given = options[name] ?? env[variableOf(name)];
    return [`INPUT_${name.toUpperCase()}`, given ?? (name === 'aws-region' ? region : preset)];
  });
  const name = host.replaceAll(/[^A-Za-z0-9._-]/g, '-') || 'host';
  return {
    ...Object.fromEntries(values),
    // Without a token the action neither opens issues nor asks whether other runs are over.
    'INPUT_GITHUB-TOKEN': '',
    'INPUT_RUNBOOK-URL': '',
    // Receipts name a run OWNER/REPOSITORY/actions/runs/ID, and reports link to it.
    GITHUB_SERVER_URL: `https://${name}`,
    GITHUB_REPOSITORY: `host/${name}`,
    GITHUB_RUN_ID: String(now),
    GITHUB_RUN_ATTEMPT: '1',
    // Rules of the anonymised file are looked up from here.
    GITHUB_WORKSPACE: process.cwd(),
  };
}

/** Turns the lines that an action writes for GitHub's runner into plain ones. */
export class JobLog {
  readonly #masks = new Masks();

  /** @returns the line as people read it, secrets hidden; undefined for one that only the runner needs */
  read(line: string): string | undefined {
    const command = parseCommand(line);
    if (command === undefined) return this.hide(line);
    const { name, message } = command;
    if (name === 'add-mask') {
      this.#masks.add(message);
      return undefined;
    }
    if (name === 'group') return this.hide(`${message}:`);
    return ['error', 'warning', 'notice'].includes(name) ? this.hide(`${name}: ${message}`) : undefined;
  }

  hide(text: string): string {
    return this.#masks.hide(text);
  }
}
