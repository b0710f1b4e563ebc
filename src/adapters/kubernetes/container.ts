/** A container of the runner itself, through docker or podman. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { BackupError } from '../../runtime/errors.ts';
import { adviceOn, type Cause } from '../databases/tool-output.ts';
import { ExecPlace } from './exec.ts';

export interface ContainerOptions {
  /** Its name or id. */
  readonly container: string;
  /** The whole environment of the client, with PATH. */
  readonly environment: Readonly<Record<string, string>>;
}

const causes: readonly Cause[] = [
  {
    pattern: /executable file .*not found|no such file or directory.*sh|exec: "sh"/i,
    likelyCause: 'the image of the container has no shell',
    fix: 'reach the server from the runner (input database-url)',
    code: 'no-shell',
  },
  {
    pattern: /No such container|no container with name or ID/i,
    likelyCause: 'there is no container of that name on the runner',
    fix: 'compare with: docker ps; a service container of the job is called by its id: ${{ job.services.NAME.id }}',
    code: 'no-container',
  },
  {
    pattern: /is not running|container state improper|is paused/i,
    likelyCause: 'the container does not run',
    fix: 'look at it with: docker ps --all',
    code: 'no-container',
  },
  {
    pattern: /Cannot connect to the Docker daemon|permission denied.*docker\.sock/i,
    likelyCause: 'the docker daemon does not run, or the account of the runner may not use it',
    fix: 'start it, or add the account to the group docker',
    code: 'no-daemon',
  },
];

/** @throws BackupError when the runner has neither docker nor podman */
export function containerPlace({ container, environment }: ContainerOptions): ExecPlace {
  const program = ['docker', 'podman'].find((name) => isIn(environment.PATH, name));
  if (program === undefined)
    throw new BackupError({
      what: `the container ${container} cannot be reached: there is neither docker nor podman`,
      likelyCause: 'neither is installed on the runner, or neither is in PATH',
      fix: 'install one of them, or reach the server from the runner (input database-url)',
      code: 'tool-missing',
    });
  return new ExecPlace({
    shown: `the container ${container}`,
    program,
    parameters: ['exec', '--interactive', container],
    environment,
    failure: (what, status, errors) => {
      const line =
        errors.split('\n').findLast((text) => text.trim() !== '') ?? `${program} ended with status ${status}`;
      return new BackupError({ what: `${what}: ${line}`, detail: errors, ...adviceOn(errors, status, causes) });
    },
  });
}

function isIn(path: string | undefined, name: string): boolean {
  return (path ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
