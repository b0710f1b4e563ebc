/**
 * Lints the workflow files and the actions' manifests offline, with GitHub's own language service. It also checks the inputs
 * that workflows give to this repository's actions, for which the service would need the network.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse } from 'yaml';
// Imported first: it makes the packages below importable.
import '../lab/runner/official.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Manifest {
  readonly inputs?: Readonly<Record<string, { required?: boolean; default?: unknown } | null>>;
}
interface WorkflowDocument {
  readonly jobs?: Readonly<Record<string, { steps?: { uses?: string; with?: Record<string, unknown> }[] }>>;
}

/** @returns problems as `file:line: message`. @param directory the repository to check */
export async function lintWorkflows(directory = root): Promise<string[]> {
  const files = [...workflowFiles(directory), ...actionFiles(directory)];
  const problems: string[] = [];
  for (const file of files) {
    const content = readFileSync(join(directory, file), 'utf8');
    problems.push(...(await languageService(directory, file, content)));
    problems.push(...localInputs(directory, file, content));
  }
  return problems;
}

function workflowFiles(directory: string): string[] {
  const folder = '.github/workflows';
  if (!existsSync(join(directory, folder))) return [];
  return readdirSync(join(directory, folder))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name));
}

function actionFiles(directory: string): string[] {
  if (!existsSync(join(directory, 'actions'))) return [];
  return readdirSync(join(directory, 'actions'))
    .map((name) => join('actions', name, 'action.yml'))
    .filter((file) => existsSync(join(directory, file)));
}

async function languageService(directory: string, file: string, content: string): Promise<string[]> {
  const { validate } = await import('@actions/languageservice');
  // The document class comes from the language service's own dependencies.
  const require = createRequire(import.meta.resolve('@actions/languageservice'));
  const { TextDocument } = require('vscode-languageserver-textdocument') as {
    TextDocument: {
      create(uri: string, language: string, version: number, text: string): Parameters<typeof validate>[0];
    };
  };
  // The language service caches files by their address, which must therefore be the whole path.
  const document = TextDocument.create(pathToFileURL(join(directory, file)).href, 'yaml', 1, content);
  const diagnostics = await validate(document, {
    fileProvider: {
      getFileContent: async (reference) => {
        const path = 'path' in reference ? String(reference.path) : '';
        return { name: path, content: readFileSync(join(directory, path), 'utf8') };
      },
    },
  });
  return diagnostics.map(({ range, message }) => `${file}:${range.start.line + 1}: ${message}`);
}

function localInputs(directory: string, file: string, content: string): string[] {
  const problems: string[] = [];
  const document = (parse(content) ?? {}) as WorkflowDocument;
  for (const [id, job] of Object.entries(document.jobs ?? {})) {
    for (const { uses, with: given = {} } of job.steps ?? []) {
      if (!uses?.startsWith('./') && !uses?.startsWith('$/')) continue;
      const path = join(directory, uses.slice(2), 'action.yml');
      const report = (what: string): void => void problems.push(`${file}:1: job ${id}, ${uses}: ${what}`);
      if (!existsSync(path)) {
        report('there is no such action');
        continue;
      }
      const { inputs = {} } = parse(readFileSync(path, 'utf8')) as Manifest;
      for (const name of Object.keys(given)) if (!Object.hasOwn(inputs, name)) report(`no input ${name}`);
      for (const [name, input] of Object.entries(inputs)) {
        const needed = input?.required === true && input.default === undefined;
        if (needed && !Object.hasOwn(given, name)) report(`input ${name} is required`);
      }
    }
  }
  return problems;
}

if (import.meta.main) {
  const problems = await lintWorkflows();
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? 'workflows and actions: no problems' : `${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
