/**
 * The document that holds the lease of a user's own document: it waits on the host, and then runs that document with
 * `post-script`, unless the command is cancelled before. The SSM agent waits, so that neither the runner nor AWS's schedules
 * are needed: a command that was delivered goes on without a connection and when the agent is restarted
 * (amazon-ssm-agent: KillMode=process of its unit, and the state of its commands on the disk).
 */

/** The end of its name, after the prefix of the stack's documents. */
export const hookLease = 'HookLease';

/** Seconds of the longest lease: an hour of `pre-script` and ten minutes of pause, with some to spare. */
const longestSeconds = 7200;

/**
 * @param hookPattern which documents it runs; a regular expression for the whole name
 * @returns the content of the SSM document. A step that fails does not keep the next one from running
 *   (amazon-ssm-agent, runpluginutil: only `onFailure` does), so that whatever ends the wait, the application is resumed.
 */
export function hookLeaseContent(hookPattern: unknown): Record<string, unknown> {
  return {
    schemaVersion: '2.2',
    description: "Holdfast: waits, then runs a document of the user's with post-script",
    parameters: {
      Document: {
        type: 'String',
        description: 'The document that resumes the application.',
        allowedPattern: hookPattern,
      },
      // Pasted into the script, so that older agents know it too: digits can do no harm there.
      LeaseSeconds: { type: 'String', description: 'Seconds to wait.', allowedPattern: '^[1-9][0-9]{0,3}$' },
    },
    mainSteps: [
      {
        action: 'aws:runShellScript',
        name: 'wait',
        precondition: { StringEquals: ['platformType', 'Linux'] },
        inputs: { timeoutSeconds: String(longestSeconds), runCommand: ['#!/bin/sh', 'sleep {{ LeaseSeconds }}'] },
      },
      {
        action: 'aws:runPowerShellScript',
        name: 'waitOnWindows',
        precondition: { StringEquals: ['platformType', 'Windows'] },
        inputs: {
          timeoutSeconds: String(longestSeconds),
          runCommand: ['Start-Sleep -Seconds {{ LeaseSeconds }}'],
        },
      },
      {
        action: 'aws:runDocument',
        name: 'resume',
        inputs: {
          documentType: 'SSMDocument',
          documentPath: '{{ Document }}',
          documentParameters: { command: 'post-script' },
        },
      },
    ],
  };
}
