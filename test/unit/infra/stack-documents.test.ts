/** The SSM documents of the stack. */
import { describe, expect, test } from '@jest/globals';
import { checkParameters, type DocumentContent } from '../../../lab/services/aws/ssm/documents/document.ts';
import { documentText } from '../../../scripts/host-scripts.ts';
import { catalogue, hostScriptNames } from '../../../src/host/catalogue/catalogue.ts';
import { hookLease, load, template } from './support-stack.ts';

describe('documents', () => {
  test('one for each host script, with its very text, but for comments, and the lease of hooks', () => {
    const { documents } = load();
    expect([...documents.keys()].filter((name) => name !== hookLease).sort()).toEqual(
      hostScriptNames
        .map(
          (name) => `Holdfast-${name.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase())}`,
        )
        .sort(),
    );
    for (const name of hostScriptNames) {
      const key =
        [...documents.keys()].find((one) => one.toLowerCase() === `holdfast-${name.replaceAll('-', '')}`) ?? '';
      const lines = documents.get(key)?.mainSteps[0]?.inputs.runCommand as string[];
      expect(`${lines.join('\n')}\n`).toBe(documentText(name));
    }
  });

  test('a document that is larger than SSM allows is refused', () => {
    const larger = template.replace(/\n( +- )set -euo pipefail(?=\n)/, (line) => line.repeat(3000));
    expect(() => load({}, larger)).toThrow(/^the SSM document Holdfast-\w+ is larger than 64 KB/);
  });

  test('every parameter but the time limit has a pattern and travels in the environment; no text holds a placeholder', () => {
    for (const [key, document] of load().documents) {
      if (key === hookLease) continue;
      for (const [name, parameter] of Object.entries(document.parameters ?? {})) {
        expect(parameter.allowedPattern).toMatch(/^\^.*\$$/);
        if (name !== 'executionTimeout') expect(parameter.interpolationType).toBe('ENV_VAR');
      }
      expect([document.mainSteps[0]?.inputs.runCommand ?? ''].flat().join('\n')).not.toContain('{{');
    }
  });

  test('the lease of hooks runs only documents with their prefix, and pastes nothing but digits', () => {
    const lease = load({ HookPrefix: 'Acme-' }).documents.get(hookLease);
    const accepted = (given: Record<string, string>): boolean => {
      const values = Object.entries({ Document: 'Acme-flush', LeaseSeconds: '60', ...given });
      try {
        checkParameters(lease as DocumentContent, Object.fromEntries(values.map(([key, value]) => [key, [value]])));
        return true;
      } catch {
        return false;
      }
    };
    expect(accepted({})).toBe(true);
    for (const Document of ['AWS-RunShellScript', 'HoldfastHook-flush', 'Acme-', 'x Acme-flush', 'Acme-a:1'])
      expect([Document, accepted({ Document })]).toEqual([Document, false]);
    for (const LeaseSeconds of ['', '0', '60; id', '$(id)', '6\n0', '99999'])
      expect([LeaseSeconds, accepted({ LeaseSeconds })]).toEqual([LeaseSeconds, false]);
  });

  test.each([
    '/ibdata; rm -rf /',
    '/ib data',
    '$(id)',
    '/a`id`',
    '',
    'ibdata',
    '/a\nb',
    '/',
    '//',
    '/a/../b',
    '/..',
    '/a/.',
  ])('%j is not a mount point', (value) => {
    expect(new RegExp(catalogue.inspect.parameters.MountPoint.pattern).test(value) && !value.includes('\n')).toBe(
      false,
    );
  });
});
