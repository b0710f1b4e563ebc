import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { loadStack } from '../../../lab/services/aws/cloudformation/stack.ts';
import { documentText } from '../../../scripts/host-scripts.ts';
import { catalogue, hostScriptNames } from '../../../src/host/catalogue/catalogue.ts';

const template = readFileSync('infra/holdfast.yml', 'utf8');
const load = (more: Record<string, string> = {}, text = template) =>
  loadStack(text, {
    region: 'us-east-1',
    accountId: '123456789012',
    parameters: {
      AllowedSubjects: 'repo:a/b:ref:refs/heads/main,repo:a@1/b@2:ref:refs/heads/main',
      ReceiptBucketName: 'receipts',
      ...more,
    },
  });

describe('documents', () => {
  test('one for each host script, with its very text, but for comments', () => {
    const { documents } = load();
    expect([...documents.keys()].sort()).toEqual(
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
    for (const document of load().documents.values()) {
      for (const [name, parameter] of Object.entries(document.parameters ?? {})) {
        expect(parameter.allowedPattern).toMatch(/^\^.*\$$/);
        if (name !== 'executionTimeout') expect(parameter.interpolationType).toBe('ENV_VAR');
      }
      expect([document.mainSteps[0]?.inputs.runCommand ?? ''].flat().join('\n')).not.toContain('{{');
    }
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

describe('roles', () => {
  test('every statement has a Sid of its own, and none allows every action', () => {
    for (const role of load().roles) {
      const statements = role.policies.flatMap((policy) => policy.statements);
      const sids = statements.map((one) => one.Sid);
      expect(new Set(sids).size).toBe(statements.length);
      expect(sids).not.toContain(undefined);
      for (const one of statements)
        expect([one.Action ?? '*'].flat().every((action) => /^[a-z0-9]+:[A-Za-z]+$/.test(action))).toBe(true);
    }
  });

  test('trust exactly the audience and the subjects they are given', () => {
    for (const { trust } of load().roles) {
      expect(trust[0]?.Condition?.StringEquals).toEqual({
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': ['repo:a/b:ref:refs/heads/main', 'repo:a@1/b@2:ref:refs/heads/main'],
      });
    }
  });

  test('an existing OIDC provider is used as it is', () => {
    const arn = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
    expect(load({ OidcProviderArn: arn }).roles[0]?.trust[0]?.Principal).toEqual({ Federated: arn });
  });
});
