/** The files by which a step hands on values: GITHUB_ENV, GITHUB_OUTPUT, GITHUB_PATH, GITHUB_STATE, GITHUB_STEP_SUMMARY. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of the files by environment variable. */
export const commandFiles = {
  GITHUB_ENV: 'env',
  GITHUB_OUTPUT: 'output',
  GITHUB_PATH: 'path',
  GITHUB_STATE: 'state',
  GITHUB_STEP_SUMMARY: 'summary',
} as const;
type Variable = keyof typeof commandFiles;

/** Bytes of summary that one step may write: GitHub drops a longer one. */
const summaryLimit = 1024 * 1024;

export interface StepValues {
  readonly env: Readonly<Record<string, string>>;
  readonly outputs: Record<string, string>;
  readonly state: Record<string, string>;
  /** Folders for PATH, the last added first. */
  readonly paths: readonly string[];
  readonly summary: string;
  /** Messages, in GitHub's words. */
  readonly errors: readonly string[];
  /** False where a file could not be parsed, which fails the step. */
  readonly parsed: boolean;
}

export class StepFiles {
  /** The paths by variable, for the step's environment. */
  readonly environment: Readonly<Record<Variable, string>>;

  /** Makes empty files, under new names for each step as on GitHub. */
  constructor(temp: string) {
    const directory = join(temp, '_runner_file_commands');
    mkdirSync(directory, { recursive: true });
    const suffix = randomUUID();
    const path = (variable: Variable): string => join(directory, `${commandFiles[variable]}_${suffix}`);
    this.environment = Object.fromEntries(
      (Object.keys(commandFiles) as Variable[]).map((variable) => [variable, path(variable)]),
    ) as Record<Variable, string>;
    for (const file of Object.values(this.environment)) writeFileSync(file, '');
  }

  /** Reads what the step has written, and removes the files. */
  takeValues(): StepValues {
    const errors: string[] = [];
    let parsed = true;
    const pairs = (variable: Variable): Record<string, string> => {
      try {
        return Object.fromEntries(parseKeyValueFile(this.#read(variable)));
      } catch (error) {
        parsed = false;
        errors.push(
          `Unable to process file command '${commandFiles[variable]}' successfully.`,
          (error as Error).message,
        );
        return {};
      }
    };
    const values = { env: pairs('GITHUB_ENV'), outputs: pairs('GITHUB_OUTPUT'), state: pairs('GITHUB_STATE') };
    const paths = this.#read('GITHUB_PATH').split(/\r?\n/).filter(Boolean).reverse();
    const summary = this.#readSummary(errors);
    for (const file of Object.values(this.environment)) rmSync(file, { force: true });
    return { ...values, paths, summary, errors, parsed };
  }

  #readSummary(errors: string[]): string {
    const summary = this.#read('GITHUB_STEP_SUMMARY');
    const bytes = Buffer.byteLength(summary);
    if (bytes <= summaryLimit) return summary;
    const size = Math.ceil(bytes / 1024);
    errors.push(`$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${size}k.`);
    return '';
  }

  #read(variable: Variable): string {
    const file = this.environment[variable];
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }
}

/** Reads the `name=value` and `name<<DELIMITER` lines of GITHUB_ENV, GITHUB_OUTPUT and GITHUB_STATE. */
export function parseKeyValueFile(content: string): [string, string][] {
  const pairs: [string, string][] = [];
  const lines = content.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (heredoc > 0 && (equals < 0 || heredoc < equals)) {
      const delimiter = line.slice(heredoc + 2);
      const end = lines.indexOf(delimiter, index + 1);
      if (delimiter === '' || end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
      pairs.push([line.slice(0, heredoc), lines.slice(index + 1, end).join('\n')]);
      index = end;
    } else if (equals > 0) {
      pairs.push([line.slice(0, equals), line.slice(equals + 1)]);
    } else {
      throw new Error(`Invalid format '${line}'`);
    }
  }
  return pairs;
}
