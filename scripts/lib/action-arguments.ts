/** The arguments of `npm run action`, read strictly. */
import { parseArgs } from 'node:util';
import { type Action, actions } from './actions.ts';
import { optionProblem } from './command-line.ts';

export const usage = `npm run action -- ACTION [--input NAME=VALUE]... [options]

Runs an action (${actions.map(({ name }) => name).join(', ')}) from src/, then its post step. Uses the lab that
"npm run lab -- up" has started: its AWS, and the inputs that the workflow files would set there.

  --input NAME=VALUE   an input; may be given several times
  --inspect            wait for a debugger before the first line
  --inspect-port PORT  where, on 127.0.0.1 (default: 9229)
  --real-aws           without a lab: use the AWS credentials of this shell

  -h, --help           print this text

Exit status: that of the action; 2 when the arguments are wrong.`;

export class UsageError extends Error {}

const options = {
  input: { type: 'string', multiple: true },
  inspect: { type: 'boolean' },
  'inspect-port': { type: 'string' },
  'real-aws': { type: 'boolean' },
} as const;

export interface ActionRequest {
  readonly action: Action;
  readonly inputs: Readonly<Record<string, string>>;
  /** Port for a debugger to wait for. */
  readonly inspectPort: string | undefined;
  readonly realAws: boolean;
}

/** @throws UsageError with one sentence that says what is wrong and what is allowed */
export function readRequest(given: readonly string[]): ActionRequest {
  const { values, positionals } = parse(given);
  const [name = '', ...others] = positionals;
  const action = actions.find((one) => one.name === name);
  if (action === undefined || others.length > 0) throw new UsageError(usage);
  const inputs: Record<string, string> = {};
  for (const text of values.input ?? []) {
    const at = text.indexOf('=');
    const input = text.slice(0, at);
    if (at < 1 || !Object.hasOwn(action.inputs, input))
      throw new UsageError(
        `action: --input ${text}: ${name} has no such input; there are ${Object.keys(action.inputs).join(', ')}`,
      );
    inputs[input] = text.slice(at + 1);
  }
  return {
    action,
    inputs,
    inspectPort: values.inspect ? (values['inspect-port'] ?? '9229') : undefined,
    realAws: values['real-aws'] ?? false,
  };
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({ args: [...given], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(`action: ${optionProblem(error as Error, Object.keys(options))}`);
  }
}
