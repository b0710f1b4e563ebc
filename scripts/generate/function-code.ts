/**
 * The function of the stack, bundled from the sources as one CommonJS file: tsc, then ncc, as for dist/. The SDK stays outside, since
 * Lambda's Node.js runtimes bring it along. Comments stay in the sources: the template has a limit.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/actions.ts';

/** What the runtime brings along. */
const outside = ['client-ec2', 'client-s3', 'client-ssm', 'client-sts'];

const begin = "      # function:begin (generated from src/function by 'npm run generate')\n";
const end = '      # function:end\n';

/** @param entry below src */
export function functionCode(entry: string): string {
  const cache = join(root, '.lab');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'function-'));
  try {
    const node = (program: string, ...args: string[]) =>
      execFileSync(process.execPath, [join(root, 'node_modules', program), ...args], {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    node('typescript/bin/tsc', '-p', join(root, 'tsconfig.function.json'), '--outDir', join(folder, 'src'));
    // Inline code is a CommonJS file, index.js (CloudFormation template reference, AWS::Lambda::Function Code).
    writeFileSync(join(folder, 'package.json'), '{}\n');
    const externals = outside.flatMap((name) => ['--external', `@aws-sdk/${name}`]);
    const built = join('src', entry.replace(/\.ts$/, '.js'));
    node(
      '@vercel/ncc/dist/ncc/cli.js',
      'build',
      built,
      '--out',
      'out',
      '--target',
      'es2022',
      '--no-cache',
      ...externals,
    );
    return plain(readFileSync(join(folder, 'out', 'index.js'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without what differs by the folder, without spaces at the ends of lines, and in ASCII, which no service on its way changes. */
function plain(code: string): string {
  return code
    .replace(
      /^;\/\/ CONCATENATED MODULE: (?:external )?"?([^"\n]*)"?$/gm,
      (_all, path: string) => `;// ${nameOf(path)}`,
    )
    .replace(/[ \t]+$/gm, '')
    .replace(/[^\n -~\t]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function nameOf(path: string): string {
  return path.replace(/^.*\/node_modules\//, '').replace(/^\.\/(.*)\.js$/, '$1.ts');
}

/** The template with the function's code. @throws Error when the markers are missing */
export function withFunctionCode(template: string, code: string): string {
  const [from, to] = [template.indexOf(begin), template.indexOf(end)];
  if (from < 0 || to < from) throw new Error('infra/holdfast.yml lacks the markers function:begin and function:end');
  const lines = code.trimEnd().split('\n');
  const block = lines.map((line) => (line === '' ? '' : `          ${line}`)).join('\n');
  return `${template.slice(0, from + begin.length)}      Code:\n        ZipFile: |\n${block}\n${template.slice(to)}`;
}
