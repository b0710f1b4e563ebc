/** `npm run lab`: see `arguments.ts` for what it takes. */

import { expectedExit, namedFaults, workflowsOf } from '../rehearsals/faults.ts';
import { type LabCommand, readArguments, usage } from './arguments.ts';

process.exitCode = await main(process.argv.slice(2));
// Whatever an SDK or a server still holds open must not keep the command alive.
process.exit();

/** Gives the exit status. The lab itself is loaded only by the commands that need it. */
async function main(given: readonly string[]): Promise<number> {
  let command: LabCommand;
  try {
    command = readArguments(given);
  } catch (error) {
    console.error(`lab: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
  if (command.kind === 'help') {
    console.log(usage);
    return 0;
  }
  if (command.kind === 'list-faults') {
    for (const fault of namedFaults) {
      console.log(
        `${fault.name.padEnd(24)}${fault.description}; ends ${fault.ends} (${workflowsOf(fault).join(', ')}), exit ${expectedExit(fault)}`,
      );
    }
    return 0;
  }
  const { down, paint, print, stay, width, withLab } = await import('./session.ts');
  if (command.kind === 'down') return down();
  if (command.kind === 'up') {
    return withLab(async (lab) => {
      await stay(lab);
      return 0;
    });
  }
  const { workflow, keep, ...rest } = command;
  const refused = await refusal(workflow);
  if (refused !== undefined) {
    console.error(`lab: ${workflow} cannot be run here:\n${refused}`);
    return 2;
  }
  const { rehearse } = await import('../rehearsals/rehearsal.ts');
  return withLab(async (lab) => {
    const status = await rehearse(lab, { workflow, ...rest, paint, width, print });
    if (keep) await stay(lab);
    return status;
  }, worldOf(workflow));
}

/** Of the workflows only the rotation needs a whole estate, and only the dumps need databases. */
function worldOf(workflow: string): { estate?: true; databases?: { megabytes: number } } {
  if (workflow.includes('postgres-backup') || workflow.includes('deploy')) return { databases: { megabytes: 120 } };
  return workflow.includes('ebs-rotate') ? { estate: true } : {};
}

/** Why the workflow file cannot be run, told before anything is started. */
async function refusal(workflow: string): Promise<string | undefined> {
  const { WorkflowRefused } = await import('../runner/model.ts');
  const { readWorkflow } = await import('../runner/workflow-file.ts');
  const { repositoryRoot, workflowPath } = await import('../lab.ts');
  try {
    await readWorkflow(repositoryRoot, workflowPath(workflow));
    return undefined;
  } catch (error) {
    if (error instanceof WorkflowRefused) return error.message;
    throw error;
  }
}
