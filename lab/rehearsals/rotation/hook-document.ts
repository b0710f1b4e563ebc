/** A document of the user's own, which ebs-rotate runs before and after a snapshot: it notes each call on the host. */
import type { DocumentContent } from '../../services/aws/ssm/documents/document.ts';

/** Folder on the host: `quiesced` exists between the two calls, and `log` has a line for each. */
export const hookFolder = '/var/lib/holdfast-hook';

const content: DocumentContent = {
  schemaVersion: '2.2',
  parameters: { command: { type: 'String', allowedValues: ['pre-script', 'post-script'] } },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      name: 'runScript',
      inputs: {
        timeoutSeconds: '60',
        runCommand: [
          '#!/bin/bash',
          'set -euo pipefail',
          `mkdir -p ${hookFolder}`,
          `cd ${hookFolder}`,
          'case "{{ command }}" in',
          '  pre-script) touch quiesced; echo "pre $(date +%s%3N)" >>log ;;',
          '  post-script) rm -f quiesced; echo "post $(date +%s%3N)" >>log ;;',
          'esac',
        ],
      },
    },
  ],
};

export const hookDocument = { name: 'HoldfastHook-flush', content } as const;
