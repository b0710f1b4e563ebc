/** src/host/texts.ts: the host scripts as text, for hosts without the stack's documents. */
import { hostScriptNames } from '../../src/host/catalogue/catalogue.ts';
import { documentText } from '../host-scripts.ts';

export function hostTexts(): string {
  const entries = hostScriptNames.map((name) => `  '${name}': ${JSON.stringify(documentText(name))},\n`);
  return `/** The host scripts as text. Generated from src/host by 'npm run generate'. */\nimport type { HostScript } from './catalogue/catalogue.ts';\n\nexport const hostScripts: Readonly<Record<HostScript, string>> = {\n${entries.join('')}};\n`;
}
