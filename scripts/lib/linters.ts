/** The linters that npm does not have: zizmor, cfn-lint and hadolint (Python's registry), and actionlint (Go). */
import { join } from 'node:path';
import { root } from './actions.ts';
import { goTool, pythonTools } from './tools.ts';

const definitions = join(root, 'scripts', 'lint');

/** The folder with the programs of the Python linters. @throws ToolMissing */
export const pythonLinters = (): string => pythonTools(join(definitions, 'python'));

/** The folder with actionlint. @throws ToolMissing */
export const actionlintFolder = (): string =>
  goTool(join(definitions, 'actionlint'), 'github.com/rhysd/actionlint/cmd/actionlint');
