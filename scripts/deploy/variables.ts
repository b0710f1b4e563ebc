/** The repository's variables for the workflows, from the outputs of the stack. */
import type { Output } from '@aws-sdk/client-cloudformation';
import { readVariables, writeVariable } from './github.ts';
import { Problem } from './problem.ts';

/** The description of an output names the variable (`repository variable NAME`). */
export function variablesFrom(outputs: readonly Output[]): Record<string, string> {
  return Object.fromEntries(
    outputs.flatMap(({ Description = '', OutputValue = '' }) => {
      const name = /repository variable ([A-Z_]+)/.exec(Description)?.[1];
      return name === undefined ? [] : [[name, OutputValue]];
    }),
  );
}

/** Needs gh 2.31 or later, unlike deploy itself. */
export function variableCommands(variables: Readonly<Record<string, string>>, repository: string): string[] {
  return Object.entries(variables).map(
    ([name, value]) => `gh variable set ${name} --repo ${repository} --body '${value}'`,
  );
}

/** Writes those that differ, or prints the commands when gh cannot. */
export async function publishVariables(
  variables: Readonly<Record<string, string>>,
  repository: string,
  { write, print }: { readonly write: boolean; readonly print: (text: string) => void },
): Promise<void> {
  const why = write ? await writeAll(variables, repository, print) : undefined;
  if (write && why === undefined) return;
  if (why !== undefined) print(`The repository's variables are not set: ${why}`);
  print(`Set the variables that the workflows read${why === undefined ? '' : ' yourself'}:\n`);
  for (const command of variableCommands(variables, repository)) print(`  ${command}`);
}

/** @returns why it cannot be done */
async function writeAll(
  variables: Readonly<Record<string, string>>,
  repository: string,
  print: (text: string) => void,
): Promise<string | undefined> {
  try {
    const before = await readVariables(repository);
    const changed = Object.entries(variables).filter(([name, value]) => before[name] !== value);
    for (const [name, value] of changed) {
      await writeVariable(repository, name, value, before[name] !== undefined);
      print(`  ${repository}: ${name}=${value}`);
    }
    if (changed.length === 0) print(`The variables of ${repository} are as they must be.`);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}
