/** AWS-RunShellScript, which runs any script. Users must choose it; the stack's roles may not run it. */
import type { DocumentContent } from './document.ts';

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
