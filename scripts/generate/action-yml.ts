/** action.yml and the tables of inputs and outputs, from an action's inputs.ts. */
import { stringify } from 'yaml';
import { type Action, usualPermissions } from '../lib/actions.ts';

const header = "# Generated from src/actions/NAME/inputs.ts by 'npm run generate'. Do not edit.\n";

export function actionYml(action: Action): string {
  const { name } = action;
  const inputs = Object.entries(action.inputs).map(([key, one]) => [
    key,
    {
      description: `${one.description} Allowed: ${one.allowed}.`,
      required: one.required,
      ...(one.default === undefined ? {} : { default: one.default }),
    },
  ]);
  const outputs = Object.entries(action.outputs).map(([key, one]) => [key, { description: one.description }]);
  const document = {
    name: `Holdfast ${name}`,
    description: action.description,
    author: 'Holdfast',
    branding: action.branding,
    inputs: Object.fromEntries(inputs),
    outputs: Object.fromEntries(outputs),
    runs: {
      using: 'node24',
      main: `../../dist/${name}/index.js`,
      ...(action.post ? { post: `../../dist/${name}-post/index.js`, 'post-if': 'always()' } : {}),
    },
  };
  return header.replace('NAME', name) + stringify(document, { lineWidth: 120 });
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\n/g, ' ');
}

export function inputsTable(action: Action): string {
  const rows = Object.entries(action.inputs).map(([key, one]) => {
    const preset = one.required
      ? '**required**'
      : one.default === undefined || one.default === ''
        ? ''
        : `\`${one.default}\``;
    return `| \`${key}\` | ${cell(one.description)} | ${preset} | ${cell(one.allowed)} |`;
  });
  return ['| input | what it is | default | allowed |', '|---|---|---|---|', ...rows].join('\n');
}

export function outputsTable(action: Action): string {
  const rows = Object.entries(action.outputs).map(([key, one]) => `| \`${key}\` | ${cell(one.description)} |`);
  return ['| output | what it is |', '|---|---|', ...rows].join('\n');
}

export function permissionsTable(action: Action): string {
  const rows = Object.entries({ ...usualPermissions, ...action.permissions }).map(
    ([name, reason]) => `| \`${name}\` | ${cell(reason)} |`,
  );
  return ['| permission of the job | for |', '|---|---|', ...rows].join('\n');
}

/** Replaces the text between `<!-- NAME:begin -->` and `<!-- NAME:end -->`. @throws Error when the markers are missing */
export function between(document: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the markers ${begin} and ${end} are missing`);
  return `${document.slice(0, from + begin.length)}\n${content}\n${document.slice(to)}`;
}
