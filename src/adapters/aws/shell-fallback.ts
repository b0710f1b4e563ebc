/** The fallback through AWS-RunShellScript: the script's text is sent along, its values as base64, never as shell text. */

import type { HostScript } from '../../host/catalogue/catalogue.ts';
import { hostScripts } from '../../host/texts.ts';

/** The lines of the `commands` parameter. The first is the shebang that the agent honours; without it dash runs them. */
export function shellCommands(script: HostScript, parameters: Readonly<Record<string, string>>): string[] {
  const exports = Object.entries(parameters).map(([name, value]) => {
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) throw new Error(`"${name}" is no parameter name`);
    return `export SSM_${name}="$(printf %s '${Buffer.from(value).toString('base64')}' | base64 -d)"`;
  });
  const [shebang = '#!/bin/bash', ...lines] = hostScripts[script].split('\n');
  return [shebang, ...exports, ...lines];
}
