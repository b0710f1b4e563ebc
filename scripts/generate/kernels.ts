/** src/anonymize/kernels/modules.ts: the WebAssembly kernels, assembled from their `.wat` sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import wabt from 'wabt';
import { root } from '../lib/actions.ts';

const folder = 'src/anonymize/kernels';

/**
 * @param name of the source, for messages
 * @param source WebAssembly text, in ASCII
 * @returns the binary module, the same for the same source
 * @throws Error that names the line which does not assemble
 */
export async function assemble(name: string, source: string): Promise<Uint8Array> {
  // The assembler takes each character for one byte.
  const beyond = source.split('\n').findIndex((line) => /[^\t\x20-\x7e]/.test(line));
  if (beyond >= 0) throw new Error(`${name}:${beyond + 1}: only ASCII can be assembled`);
  const { parseWat } = await wabt();
  try {
    const module = parseWat(name, source);
    module.validate();
    return module.toBinary({}).buffer;
  } catch (error) {
    // One of our own: for those of the assembler, Node.js prints its 600 KB of minified source.
    throw new Error((error as Error).message);
  }
}

export async function kernelModules(): Promise<string> {
  const sources = readdirSync(join(root, folder)).filter((name) => name.endsWith('.wat'));
  const entries: string[] = [];
  for (const source of sources.sort()) {
    const binary = await assemble(`${folder}/${source}`, readFileSync(join(root, folder, source), 'utf8'));
    const base64 = Buffer.from(binary).toString('base64');
    entries.push(`  '${source.replace(/\.wat$/, '')}':\n    '${base64}',\n`);
  }
  return `/** The kernels as WebAssembly, in base64. Generated from the .wat sources in this folder by 'npm run generate'. */\nexport const modules = {\n${entries.join('')}} as const;\n`;
}
