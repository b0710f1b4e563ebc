/** SSM documents: their parameters checked, and what the agent runs made of them. */
import { LabAwsError } from '../protocol/service.ts';

export interface DocumentParameter {
  readonly type: string;
  readonly default?: unknown;
  readonly allowedPattern?: string;
  readonly allowedValues?: readonly string[];
  readonly interpolationType?: 'ENV_VAR';
}

/** A command document of schema 2.2, as far as `aws:runShellScript` goes. */
export interface DocumentContent {
  readonly schemaVersion: string;
  readonly parameters?: Readonly<Record<string, DocumentParameter>>;
  readonly mainSteps: readonly {
    readonly action: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
  }[];
}

/** The document that runs whatever it is given: the fallback that a user must choose. */
export const runShellScript: DocumentContent = {
  schemaVersion: '2.2',
  parameters: {
    commands: { type: 'StringList' },
    workingDirectory: { type: 'String', default: '' },
    executionTimeout: {
      type: 'String',
      default: '3600',
      allowedPattern: '([1-9][0-9]{0,4})|(1[0-6][0-9]{4})|(17[0-1][0-9]{3})|(172[0-7][0-9]{2})|(172800)',
    },
  },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      name: 'runShellScript',
      inputs: { timeoutSeconds: '{{ executionTimeout }}', runCommand: '{{ commands }}' },
    },
  ],
};

/** Values by parameter name, defaults filled in. @throws LabAwsError InvalidParameters, as SSM does before anything is sent */
export function checkParameters(
  document: DocumentContent,
  given: Readonly<Record<string, readonly string[]>>,
): Record<string, readonly string[]> {
  const known = document.parameters ?? {};
  const values: Record<string, readonly string[]> = {};
  for (const name of Object.keys(given)) {
    if (!(name in known))
      throw new LabAwsError('InvalidParameters', `The parameter ${name} is not defined in the document.`);
  }
  for (const [name, parameter] of Object.entries(known)) {
    const value = given[name] ?? (parameter.default === undefined ? undefined : [parameter.default].flat().map(String));
    if (value === undefined) throw new LabAwsError('InvalidParameters', `The parameter ${name} is required.`);
    if (parameter.type === 'String' && value.length !== 1)
      throw new LabAwsError('InvalidParameters', `The parameter ${name} takes one value.`);
    const pattern =
      parameter.allowedPattern === undefined ? undefined : new RegExp(`^(?:${parameter.allowedPattern})$`, 's');
    for (const one of value) {
      if (parameter.allowedValues && !parameter.allowedValues.includes(one))
        throw new LabAwsError(
          'InvalidParameters',
          `The parameter ${name} allows ${parameter.allowedValues.join(', ')}.`,
        );
      if (pattern && !pattern.test(one))
        throw new LabAwsError(
          'InvalidParameters',
          `The value of the parameter ${name} does not match the allowed pattern ${parameter.allowedPattern}.`,
        );
    }
    values[name] = value;
  }
  return values;
}

export interface Work {
  readonly script: string;
  readonly environment: Record<string, string>;
  readonly executionSeconds: number;
}

/**
 * What the agent runs: parameters of interpolation type ENV_VAR travel as `SSM_NAME` in the environment, all others are
 * pasted into the text, which is how injection happens.
 */
export function workOf(document: DocumentContent, values: Readonly<Record<string, readonly string[]>>): Work {
  const environment: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(document.parameters ?? {})) {
    if (parameter.interpolationType === 'ENV_VAR') environment[`SSM_${name}`] = values[name]?.join(',') ?? '';
  }
  const paste = (text: string): string =>
    text.replace(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g, (_all, name: string) => values[name]?.join('\n') ?? '');
  const [step] = document.mainSteps;
  if (step?.action !== 'aws:runShellScript')
    throw new LabAwsError('InvalidDocument', `The lab runs aws:runShellScript only, not ${step?.action}`);
  const seconds = Number(paste(String(step.inputs.timeoutSeconds ?? '3600')));
  return {
    script: [step.inputs.runCommand]
      .flat()
      .map((line) => paste(String(line)))
      .join('\n'),
    environment,
    // The agent silently falls back to an hour outside these bounds.
    executionSeconds: seconds >= 5 && seconds <= 172_800 ? seconds : 3600,
  };
}
