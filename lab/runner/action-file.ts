/** Reads the action.yml of a JavaScript action. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Refusal } from './model.ts';
import { YamlTree } from './yaml-tree.ts';

export interface Action {
  readonly name: string;
  /** Default by input; undefined where there is none. */
  readonly inputs: Readonly<Record<string, { readonly default: unknown; readonly required: boolean }>>;
  readonly main: string;
  readonly post: string | undefined;
  readonly postCondition: string;
}

/** Reads `ROOT/PATH/action.yml`. Undefined when the runner cannot run it: `refusals` receives the reasons. */
export function readAction(root: string, path: string, refusals: Refusal[]): Action | undefined {
  const file = ['action.yml', 'action.yaml'].map((name) => join(path, name)).find((one) => existsSync(join(root, one)));
  if (!file) {
    refusals.push({ file: join(path, 'action.yml'), line: 1, what: 'there is no such action' });
    return undefined;
  }
  const tree = new YamlTree(file, readFileSync(join(root, file), 'utf8'));
  const top = tree.root;
  top.only(['name', 'description', 'author', 'inputs', 'outputs', 'runs', 'branding']);
  const runs = top.get('runs');
  const using = runs.get('using').text();
  if (using !== 'node24') {
    runs.get('using').refuse(`the lab runner runs only node24 actions, not ${using ?? 'one without using'}`);
  } else {
    runs.only(['using', 'main', 'post', 'post-if', 'pre', 'pre-if']);
    if (runs.get('pre').present) runs.get('pre').refuse('the lab runner does not run pre');
  }
  const inputs = Object.fromEntries(
    top
      .get('inputs')
      .entries()
      .map(([name, node]) => {
        node.only(['description', 'required', 'default', 'deprecationMessage']);
        return [name, { default: node.get('default').value(), required: node.get('required').value() === true }];
      }),
  );
  for (const key of ['main', 'post']) {
    const entry = runs.get(key);
    const target = entry.text();
    if (key === 'main' && target === undefined) runs.refuse('main is missing');
    if (target !== undefined && !existsSync(join(root, path, target))) {
      entry.refuse(`${join(path, target)} does not exist: build the bundles with npm run build`);
    }
  }
  refusals.push(...tree.refusals);
  if (tree.refusals.length > 0) return undefined;
  return {
    name: top.get('name').text() ?? path,
    inputs,
    main: runs.get('main').text() ?? '',
    post: runs.get('post').text(),
    postCondition: runs.get('post-if').text() ?? 'always()',
  };
}
