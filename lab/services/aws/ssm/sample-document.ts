/** A user's own document, as ebs-rotate runs it around a snapshot: it only notes on the host what it was asked to do. */
import type { DocumentContent } from './documents.ts';

const content: DocumentContent = {
  schemaVersion: '2.2',
  parameters: { command: { type: 'String', allowedValues: ['pre-script', 'post-script'] } },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      name: 'run',
      inputs: {
        timeoutSeconds: '60',
        runCommand: [
          '#!/bin/bash',
          'set -euo pipefail',
          'mkdir -p /var/lib/holdfast-hook',
          'cd /var/lib/holdfast-hook',
          'case "{{ command }}" in',
          '  pre-script) touch at-rest; echo "pre $(date +%s%3N)" >>log ;;',
          '  post-script) rm -f at-rest; echo "post $(date +%s%3N)" >>log ;;',
          'esac',
        ],
      },
    },
  ],
};

export const sampleDocument = { name: 'HoldfastHook-flush', content } as const;
