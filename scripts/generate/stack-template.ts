/** The SSM documents inside infra/holdfast.yml: one for each host script, so that a role may run these and nothing else. */
import { stringify } from 'yaml';
import { catalogue, type HostScript, hostScriptNames } from '../../src/host/catalogue/catalogue.ts';
import type { HostScriptDefinition } from '../../src/host/catalogue/definition.ts';
import { hookLease, hookLeaseContent } from '../../src/host/hook-lease.ts';
import { documentText } from '../host-scripts.ts';

const begin = "  # documents:begin (generated from src/host by 'npm run generate')\n";
const end = '  # documents:end\n';

function pascalCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());
}

/** The content of the document, for AWS and for the lab. */
function content(name: HostScript): Record<string, unknown> {
  const definition: HostScriptDefinition = catalogue[name];
  const own = Object.entries(definition.parameters).map(([parameter, one]) => [
    parameter,
    {
      type: 'String',
      description: one.description,
      ...(one.default === undefined ? {} : { default: one.default }),
      allowedPattern: one.pattern,
      // The agent passes the value in the environment (SSM_NAME); it is never pasted into the script.
      interpolationType: 'ENV_VAR',
    },
  ]);
  return {
    schemaVersion: '2.2',
    description: `Holdfast: ${definition.description}`,
    parameters: {
      ...Object.fromEntries(own),
      executionTimeout: {
        type: 'String',
        description: 'Seconds the script may run.',
        default: '3600',
        // The agent silently falls back to an hour outside 5 to 172800.
        allowedPattern: '^([5-9]|[1-9][0-9]{1,4}|1[0-6][0-9]{4}|17[01][0-9]{3}|172[0-7][0-9]{2}|172800)$',
      },
    },
    mainSteps: [
      {
        action: 'aws:runShellScript',
        name: 'runScript',
        precondition: { StringEquals: ['platformType', 'Linux'] },
        inputs: { timeoutSeconds: '{{ executionTimeout }}', runCommand: documentText(name).trimEnd().split('\n') },
      },
    ],
  };
}

/** @param name the end of the document's name */
function resource(name: string, content: Record<string, unknown>): string {
  const text = stringify(
    {
      [`${name}Document`]: {
        Type: 'AWS::SSM::Document',
        Properties: {
          Name: `@@${name}`,
          DocumentType: 'Command',
          DocumentFormat: 'JSON',
          TargetType: '/AWS::EC2::Instance',
          UpdateMethod: 'NewVersion',
          Content: content,
        },
      },
    },
    { lineWidth: 0 },
  );
  return text
    .replace(`"@@${name}"`, `!Sub \${DocumentPrefix}${name}`)
    .replace(`: ${hookNames}\n`, () => `: !Sub '${hookNames}'\n`)
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}

/** SSM wants the whole value to match; the prefix is a parameter of the stack. */
const hookNames = '^${HookPrefix}[A-Za-z0-9_.-]{1,68}$';

/** The template with fresh documents. @throws Error when the markers are missing */
export function stackTemplate(template: string): string {
  const [from, to] = [template.indexOf(begin), template.indexOf(end)];
  if (from < 0 || to < from) throw new Error('infra/holdfast.yml lacks the markers documents:begin and documents:end');
  const documents = [
    ...hostScriptNames.map((name) => resource(pascalCase(name), content(name))),
    resource(hookLease, hookLeaseContent(hookNames)),
  ];
  return template.slice(0, from + begin.length) + documents.join('\n') + template.slice(to);
}
