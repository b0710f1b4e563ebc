/** The arguments of `npm run lab`, read strictly. */
import { namedFault, namedFaults, workflowsOf } from '../rehearsals/faults.ts';

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
    }
  | { readonly kind: 'up' }
  | { readonly kind: 'down' }
  | { readonly kind: 'help' }
  | { readonly kind: 'list-faults' };

export const usage = `npm run lab [-- WORKFLOW] [-- options]     run a workflow file on the lab (default: infobright-backup)
npm run lab -- up                          start the lab, print the environment for the AWS CLI or an SDK, and stay
npm run lab -- down                        end every lab of this checkout and remove what it left

  --fault NAME          rehearse a fault (--list-faults)
  --follow-up           after the faulty run, run again without the fault; exit 0 when both ended as they should
  --input NAME=VALUE    an input of workflow_dispatch; may be given several times
  --keep                leave the lab running after the run; Ctrl-C ends it
  --list-faults         the faults, and how a run with each ends
  --help                this text

Exit status: 0 the run succeeded and everything is as it should be; 1 the run failed, or something is not;
2 this machine cannot carry the lab, or the arguments are wrong.`;

/** @throws Error with one sentence that says what is wrong and what is allowed */
export function readArguments(given: readonly string[]): LabCommand {
  const words: string[] = [];
  const inputs: Record<string, string> = {};
  let fault: string | undefined;
  let keep = false;
  let followUp = false;
  const rest = [...given];
  const value = (option: string, attached: string | undefined): string => {
    const found = attached ?? rest.shift();
    if (found === undefined || found === '' || found.startsWith('--')) throw new Error(`${option} needs a value`);
    return found;
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') continue;
    const [, option = word, attached] = /^(--[a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (option === '--help' || option === '-h') return { kind: 'help' };
    if (option === '--list-faults') return { kind: 'list-faults' };
    if (option === '--keep') keep = true;
    else if (option === '--follow-up') followUp = true;
    else if (option === '--fault') fault = namedFault(faultValue(() => value(option, attached))).name;
    else if (option === '--input') {
      const [, name, text] = /^([\w-]+)=(.*)$/s.exec(value(option, attached)) ?? [];
      if (name === undefined || text === undefined) throw new Error('--input takes NAME=VALUE');
      inputs[name] = text;
    } else if (option.startsWith('-')) {
      const known = '--fault, --follow-up, --input, --keep, --list-faults, --help';
      throw new Error(`there is no option ${option}; there are ${known}`);
    } else words.push(word);
  }
  const [first, second] = words;
  if (second !== undefined) throw new Error(`one workflow, up or down is enough: ${words.join(' ')}`);
  if (first === 'up' || first === 'down') {
    if (fault !== undefined || keep || followUp || Object.keys(inputs).length > 0) {
      throw new Error(`${first} takes no options`);
    }
    return { kind: first };
  }
  if (followUp && fault === undefined) throw new Error('--follow-up needs a --fault to follow');
  const own = fault === undefined ? [] : workflowsOf(namedFault(fault));
  const workflow = first ?? own[0] ?? 'infobright-backup';
  if (own.length > 0 && first !== undefined && !own.includes(first) && !/[/.]/.test(first)) {
    throw new Error(`the fault ${fault} is one of ${own.join(' and ')}, not of ${first}`);
  }
  return { kind: 'run', workflow, fault, inputs, keep, followUp };
}

function faultValue(read: () => string): string {
  try {
    return read();
  } catch {
    throw new Error(`--fault needs a name: ${namedFaults.map((one) => one.name).join(', ')}`);
  }
}
