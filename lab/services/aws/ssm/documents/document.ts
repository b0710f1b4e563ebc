/** SSM documents: how their parameters are checked, and what the agent makes of them. */
import { LabAwsError } from '../../protocol/service.ts';

export interface DocumentParameter {
  readonly type: string;
  readonly default?: unknown;
  readonly allowedPattern?: string;
  readonly allowedValues?: readonly string[];
  readonly interpolationType?: 'ENV_VAR';
}

/** A command document of schema 2.2. The lab runs its steps for Linux: `aws:runShellScript` and `aws:runDocument`. */
export interface DocumentContent {
  readonly schemaVersion: string;
  readonly parameters?: Readonly<Record<string, DocumentParameter>>;
  readonly mainSteps: readonly {
    readonly action: string;
    readonly name: string;
    readonly precondition?: { readonly StringEquals?: readonly string[] };
    readonly inputs: Readonly<Record<string, unknown>>;
  }[];
}

/** Values by parameter name. */
export type Values = Readonly<Record<string, readonly string[]>>;

/**
 * Fills in the defaults and checks every value, as SSM does before it sends anything.
 * @throws LabAwsError InvalidParameters
 */
export function checkParameters(document: DocumentContent, given: Values): Values {
  const known = document.parameters ?? {};
  for (const name of Object.keys(given)) {
    if (!(name in known)) throw invalid(`The parameter ${name} is not defined in the document.`);
  }
  return Object.fromEntries(
    Object.entries(known).map(([name, parameter]) => {
      const values = given[name] ?? defaultOf(parameter);
      if (values === undefined) throw invalid(`The parameter ${name} is required.`);
      checkValues(name, parameter, values);
      return [name, values];
    }),
  );
}

function defaultOf({ default: value }: DocumentParameter): readonly string[] | undefined {
  return value === undefined ? undefined : [value].flat().map(String);
}

/**
 * Refuses patterns that SSM may read differently. AWS documents neither the dialect of `allowedPattern` nor whether it
 * must match the whole value, so a pattern must be anchored, and do without lookaround and back references.
 * @throws Error
 */
export function checkPatterns(name: string, { parameters = {} }: DocumentContent): void {
  for (const [parameter, { allowedPattern }] of Object.entries(parameters)) {
    if (allowedPattern === undefined) continue;
    if (!/^\^.*\$$/.test(allowedPattern) || /\(\?[=!<]|\\[1-9]/.test(allowedPattern))
      throw new Error(
        `SSM may read the pattern ${allowedPattern} of ${parameter} in ${name} differently: ` +
          'anchor it with ^ and $, and use neither lookaround nor back references',
      );
  }
}

/** Systems Manager quotas: the content of a document, as JSON, is at most 64 KB. @throws Error */
export function checkSize(name: string, content: DocumentContent): void {
  const bytes = Buffer.byteLength(JSON.stringify(content));
  if (bytes > 64 * 1024) throw new Error(`the SSM document ${name} is larger than 64 KB: ${bytes} bytes`);
}

/** @throws LabAwsError */
function checkValues(name: string, parameter: DocumentParameter, values: readonly string[]): void {
  const { type, allowedValues, allowedPattern } = parameter;
  if (type === 'String' && values.length !== 1) throw invalid(`The parameter ${name} takes one value.`);
  for (const value of values) {
    if (allowedValues && !allowedValues.includes(value))
      throw invalid(`The parameter ${name} allows ${allowedValues.join(', ')}.`);
    // Unchanged: a pattern that is not anchored need not match the whole value.
    if (allowedPattern !== undefined && !new RegExp(allowedPattern, 's').test(value))
      throw invalid(`The value of the parameter ${name} does not match the allowed pattern ${allowedPattern}.`);
  }
}

function invalid(message: string): LabAwsError {
  return new LabAwsError('InvalidParameters', message);
}

/**
 * Whether an agent of this version knows `interpolationType` (amazon-ssm-agent, release notes of 3.3.2746.0). An older one
 * ignores it: the script starts without the variables.
 */
export function exportsParameters(agentVersion: string): boolean {
  const numbers = agentVersion.split('.').map(Number);
  for (const [index, least] of [3, 3, 2746, 0].entries()) {
    const number = numbers[index] ?? 0;
    if (number !== least) return number > least;
  }
  return true;
}

/** A step, as the agent runs it on the host. */
export interface Work {
  readonly name: string;
  readonly script: string;
  readonly environment: Record<string, string>;
  readonly executionSeconds: number;
}

/** Documents within documents (amazon-ssm-agent, executeCommandMaxDepth). */
const deepest = 3;

/**
 * The steps on a host with Linux, one after the other, whatever became of the one before.
 * @param find the content of a document that a step runs
 * @throws LabAwsError for a document that the lab cannot run
 */
export function workOf(
  document: DocumentContent,
  values: Values,
  find: (name: string) => DocumentContent,
  depth = 0,
): readonly Work[] {
  if (depth > deepest) throw new LabAwsError('InvalidDocument', 'Maximum depth for document execution exceeded.');
  const { environment, paste } = substitution(document, values);
  return document.mainSteps.filter(isForLinux).flatMap(({ action, name, inputs }) => {
    if (action === 'aws:runShellScript') return [{ name, ...scriptOf(inputs, environment, paste) }];
    if (action !== 'aws:runDocument')
      throw new LabAwsError(
        'InvalidDocument',
        `The lab runs aws:runShellScript and aws:runDocument only, not ${action}`,
      );
    const inner = find(paste(String(inputs.documentPath)));
    const given = Object.entries(inputs.documentParameters ?? {}).map(([name, value]) => [
      name,
      [paste(String(value))],
    ]);
    return workOf(inner, checkParameters(inner, Object.fromEntries(given)), find, depth + 1);
  });
}

function isForLinux({ precondition }: DocumentContent['mainSteps'][number]): boolean {
  const platform = precondition?.StringEquals?.[1];
  return platform === undefined || platform === 'Linux';
}

/**
 * Parameters of the interpolation type ENV_VAR travel as `SSM_NAME` in the environment. All others are pasted into the
 * script as they are, which is how injection happens.
 */
function substitution(document: DocumentContent, values: Values) {
  const environment: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(document.parameters ?? {})) {
    if (parameter.interpolationType === 'ENV_VAR') environment[`SSM_${name}`] = values[name]?.join(',') ?? '';
  }
  const paste = (text: string): string =>
    text.replace(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g, (_all, name: string) => values[name]?.join('\n') ?? '');
  return { environment, paste };
}

function scriptOf(
  inputs: Readonly<Record<string, unknown>>,
  environment: Record<string, string>,
  paste: (text: string) => string,
): Omit<Work, 'name'> {
  const seconds = Number(paste(String(inputs.timeoutSeconds ?? '3600')));
  return {
    script: [inputs.runCommand]
      .flat()
      .map((line) => paste(String(line)))
      .join('\n'),
    environment,
    // Outside these bounds the agent uses an hour, without a word.
    executionSeconds: seconds >= 5 && seconds <= 172_800 ? seconds : 3600,
  };
}
