/** The options of a command, read strictly, with `--help`. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ConfigurationError, renderError } from '../../src/runtime/errors.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

interface Given<O extends Options> {
  readonly options: O;
  /** Whether the command takes words besides its options. */
  readonly allowPositionals?: boolean;
  readonly args?: readonly string[];
}

/** Prints the usage on standard output for `--help`, and ends the command with status 0; for a wrong option, with status 2. */
export function readCommandLine<const O extends Options>(usage: string, given: Given<O>) {
  const { options, allowPositionals = false, args = process.argv.slice(2) } = given;
  if (args.some((word) => word === '--help' || word === '-h')) {
    console.log(asCalled(usage));
    process.exit(0);
  }
  try {
    return parseArgs({ args: [...args], options, allowPositionals, strict: true });
  } catch (error) {
    console.error(optionProblem(error as Error, Object.keys(options)));
    process.exit(2);
  }
}

/** A text that names commands, in the words of where they are called: `npm run NAME`, or `holdfast NAME` in the ops image. */
export function asCalled(text: string, inImage = process.env.HOLDFAST_IMAGE === '1'): string {
  if (!inImage) return text;
  return text.replaceAll(
    /npm run (?:-s )?(anonymize|dump|fetchdb|populatedb|restore)\b( \[-- options\]| --(?= ))?/g,
    (_, name: string, options = '') => `holdfast ${name}${options.startsWith(' [') ? ' [options]' : ''}`,
  );
}

/** What is wrong with an option, and what is allowed. */
export function optionProblem({ message }: Error, names: readonly string[]): string {
  // Node goes on about positional arguments that start with a hyphen.
  const problem = message.split(/\. (?:To specify|This command)|\n/)[0] ?? message;
  return `${problem.replace(/\.$/, '')}; allowed: ${[...names, 'help'].map((name) => `--${name}`).join(', ')}`;
}

/** Prints an error. @returns the exit status of the command: 2 for wrong arguments, otherwise 1 */
export function reportFailure(error: unknown): 1 | 2 {
  console.error(asCalled(renderError(error)));
  const unknownOption = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
  return unknownOption || error instanceof ConfigurationError ? 2 : 1;
}
