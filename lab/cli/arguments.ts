/** The arguments of `npm run lab`. */
import { parseArgs } from 'node:util';
import { type HostProfile, profiles } from '../hosts/root-filesystem.ts';
import { faultNames, jobOf, jobs, namedFault, workflowsOf } from '../rehearsals/jobs.ts';

export type LabCommand =
  | {
      readonly kind: 'run';
      readonly workflow: string;
      readonly fault: string | undefined;
      readonly inputs: Readonly<Record<string, string>>;
      /** Leave the lab running after the run. */
      readonly keep: boolean;
      /** Run again without the fault. */
      readonly followUp: boolean;
      readonly profile: HostProfile;
    }
  /** With the seed that the workflow's job needs. */
  | { readonly kind: 'up'; readonly workflow: string | undefined; readonly profile: HostProfile }
  | { readonly kind: 'down' }
  | { readonly kind: 'help' }
  | { readonly kind: 'list-faults' };

export const usage = `npm run lab [-- WORKFLOW] [-- options]     run a workflow on the lab (default: ${jobs[0].workflow})
npm run lab -- up [WORKFLOW]               start the lab with what the workflow needs, for npm run action, the AWS CLI
                                           or an SDK, and stay
npm run lab -- down                        stop every lab of this checkout and remove what it left

WORKFLOW is the name of a file in .github/workflows (${jobs.map((job) => job.workflow).join(', ')}, …) or a path.

  --fault NAME          rehearse a fault
  --follow-up           after the run with the fault, run again without it; exit 0 when both ended as they should
  --input NAME=VALUE    an input of workflow_dispatch; may be given several times
  --keep                leave the lab running after the run; Ctrl-C stops it
  --profile NAME        the programs of the hosts: current, or old-host (those of CentOS 7's time)
  --list-faults         list the faults, and how the run with each ends
  -h, --help            print this text

Exit status: 0 the run succeeded and every check holds; 1 the run failed, or a check does not hold;
2 the lab cannot run on this computer, or the arguments are wrong.`;

const options = {
  fault: { type: 'string' },
  'follow-up': { type: 'boolean' },
  input: { type: 'string' },
  keep: { type: 'boolean' },
  profile: { type: 'string' },
  'list-faults': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Option = keyof typeof options;
const optionList = (Object.keys(options) as Option[]).map((name) => `--${name}`).join(', ');

/** What was given, as far as it could be understood, and every mistake in it. */
interface Given {
  readonly words: string[];
  readonly flags: Set<Option>;
  readonly inputs: Record<string, string>;
  readonly mistakes: string[];
  fault: string | undefined;
  profile: HostProfile;
}

/** @throws Error that names every mistake, one a line, and what is allowed */
export function readArguments(given: readonly string[]): LabCommand {
  const read = readOptions(given);
  if (read.flags.has('help')) return { kind: 'help' };
  if (read.flags.has('list-faults')) return { kind: 'list-faults' };
  const command = commandOf(read);
  if (read.mistakes.length > 0) throw new Error(read.mistakes.join('\n'));
  return command;
}

function readOptions(given: readonly string[]): Given {
  const read: Given = { words: [], flags: new Set(), inputs: {}, mistakes: [], fault: undefined, profile: 'current' };
  // npm passes on a second `--`. Not strict: parseArgs would throw at the first mistake, and here all are collected.
  const args = given.filter((word) => word !== '--');
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') read.words.push(token.value);
    if (token.kind === 'option') readOption(token, read);
  }
  return read;
}

function readOption(token: { name: string; rawName: string; value?: string | undefined }, read: Given): void {
  const { name, rawName, value } = token;
  if (!isOption(name)) read.mistakes.push(`there is no option ${rawName}; the options are ${optionList}`);
  else if (name === 'fault') readFault(value, read);
  else if (name === 'input') readInput(value, read);
  else if (name === 'profile') readProfile(value, read);
  else if (value !== undefined) read.mistakes.push(`${rawName} takes no value`);
  else read.flags.add(name);
}

function isOption(name: string): name is Option {
  return Object.hasOwn(options, name);
}

/** `--fault --keep`: the next option is not a value. */
function isMissing(value: string | undefined): value is undefined {
  return value === undefined || value === '' || value.startsWith('--');
}

function readFault(value: string | undefined, read: Given): void {
  if (isMissing(value)) {
    read.mistakes.push(`--fault needs a name: ${faultNames()}`);
    return;
  }
  try {
    read.fault = namedFault(value).name;
  } catch (error) {
    read.mistakes.push((error as Error).message);
  }
}

function readProfile(value: string | undefined, read: Given): void {
  const profile = profiles.find((one) => one === value);
  if (profile === undefined) read.mistakes.push(`--profile takes ${profiles.join(' or ')}`);
  else read.profile = profile;
}

function readInput(value: string | undefined, read: Given): void {
  const [, name, text] = /^([\w-]+)=(.*)$/s.exec(isMissing(value) ? '' : value) ?? [];
  if (name === undefined || text === undefined) read.mistakes.push('--input takes NAME=VALUE');
  else read.inputs[name] = text;
}

/** Adds to the mistakes what does not go together. */
function commandOf({ words, flags, inputs, fault, mistakes, profile }: Given): LabCommand {
  const [word, ...others] = words;
  const isSecondWorkflow = word !== 'up' || others.length > 1 || others[0] === 'up' || others[0] === 'down';
  if (others.length > 0 && isSecondWorkflow)
    mistakes.push(`give one workflow, or up, or down, and not several: ${words.join(' ')}`);
  if (word === 'up' || word === 'down') {
    const hasOptions =
      fault !== undefined ||
      flags.size > 0 ||
      Object.keys(inputs).length > 0 ||
      (word === 'down' && profile !== 'current');
    if (hasOptions) mistakes.push(`${word} takes no options`);
    return word === 'up' ? { kind: word, workflow: seededWorkflow(others[0], mistakes), profile } : { kind: word };
  }
  const followUp = flags.has('follow-up');
  if (followUp && fault === undefined && mistakes.length === 0) mistakes.push('--follow-up needs a --fault to follow');
  const workflow = workflowFor(word, fault, mistakes);
  return { kind: 'run', workflow, fault, inputs, keep: flags.has('keep'), followUp, profile };
}

/** A name without a seed is a typing mistake; the first job needs none. */
function seededWorkflow(word: string | undefined, mistakes: string[]): string | undefined {
  if (word !== undefined && jobOf(word) === undefined)
    mistakes.push(`there is no job ${word}; the jobs are ${jobs.map((job) => job.workflow).join(', ')}`);
  return word;
}

/** A fault brings its workflow. A file given by its path is run with any fault. */
function workflowFor(word: string | undefined, fault: string | undefined, mistakes: string[]): string {
  if (fault === undefined) return word ?? jobs[0].workflow;
  const workflows = workflowsOf(namedFault(fault));
  const workflow = word ?? workflows[0] ?? jobs[0].workflow;
  if (!workflows.includes(workflow) && !/[/.]/.test(workflow))
    mistakes.push(`the fault ${fault} is one of ${workflows.join(' and ')}, not of ${workflow}`);
  return workflow;
}
