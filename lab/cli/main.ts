/** `npm run lab`: see arguments.ts for what it takes. */
import { expectedExit, jobs, seedFor } from '../rehearsals/jobs.ts';
import { type LabCommand, readArguments, usage } from './arguments.ts';

process.exitCode = await main(process.argv.slice(2));
// What an SDK or a server may still hold open must not keep the command alive.
process.exit();

/** Gives the exit status. */
async function main(given: readonly string[]): Promise<number> {
  let command: LabCommand;
  try {
    command = readArguments(given);
  } catch (error) {
    for (const mistake of (error as Error).message.split('\n')) console.error(`lab: ${mistake}`);
    return 2;
  }
  switch (command.kind) {
    case 'help':
      console.log(usage);
      return 0;
    case 'list-faults':
      listFaults();
      return 0;
    case 'down':
      return (await import('./down.ts')).down();
    case 'up': {
      // The lab is loaded only by the commands that need it: it takes a second.
      const { stay, withLab } = await import('./session.ts');
      return withLab(
        async (lab) => {
          await stay(lab);
          return 0;
        },
        { seed: command.workflow === undefined ? undefined : seedFor(command.workflow), profile: command.profile },
      );
    }
    case 'run':
      return run(command);
  }
}

function listFaults(): void {
  console.log(
    'How a run with the fault ends, and the exit status: good, bad and unproven are verdicts; a run that has failed\n' +
      'reaches none; one that recovers is followed by a good run.',
  );
  for (const job of jobs) {
    console.log(`\n${job.workflow}`);
    for (const fault of job.faults) {
      const ends = `${fault.ends} (${expectedExit(fault)})`;
      console.log(`  ${fault.name.padEnd(24)}${ends.padEnd(14)}${fault.description}`);
    }
  }
}

async function run({ workflow, keep, profile, ...rest }: Extract<LabCommand, { kind: 'run' }>): Promise<number> {
  const refused = await refusal(workflow);
  if (refused !== undefined) {
    console.error(`lab: ${workflow} cannot be run here:\n${refused}`);
    return 2;
  }
  const { paint, print, width } = await import('./output.ts');
  const { stay, withLab } = await import('./session.ts');
  const { rehearse } = await import('./rehearse.ts');
  return withLab(
    async (lab) => {
      const status = await rehearse(lab, { workflow, ...rest, paint, width, print });
      if (keep) await stay(lab);
      return status;
    },
    { seed: seedFor(workflow), profile },
  );
}

/** Why the runner cannot run the workflow file, before anything is started; undefined when it can. */
async function refusal(workflow: string): Promise<string | undefined> {
  const { WorkflowRefused } = await import('../runner/model.ts');
  const { readWorkflow } = await import('../runner/workflow-file.ts');
  const { workflowPath } = await import('../lab.ts');
  const { repositoryRoot } = await import('../directory.ts');
  try {
    await readWorkflow(repositoryRoot, workflowPath(workflow));
    return undefined;
  } catch (error) {
    if (error instanceof WorkflowRefused) return error.message;
    throw error;
  }
}
