import { describe, expect, test } from '@jest/globals';
import { readRequest } from '../../../scripts/lib/action-arguments.ts';

describe('arguments', () => {
  test('inputs may hold an equals sign, and may be given several times', () => {
    expect(readRequest(['ebs-rotate', '--input', 'kms-keys=eu-west-1=alias/copy', '--input=mode=copy'])).toMatchObject({
      action: { name: 'ebs-rotate' },
      inputs: { 'kms-keys': 'eu-west-1=alias/copy', mode: 'copy' },
      inspectPort: undefined,
      realAws: false,
    });
    expect(readRequest(['anonymize', '--inspect'])).toMatchObject({ inspectPort: '9229' });
  });

  test.each([
    [[], 'npm run action -- ACTION'],
    [['ebs-rotation'], 'npm run action -- ACTION'],
    [['ebs-rotate', '--input', 'regoin=us-east-1'], 'ebs-rotate has no such input; there are mode'],
    [['ebs-rotate', '--input', 'mode'], 'ebs-rotate has no such input; there are mode'],
    [['ebs-rotate', '--debug'], "Unknown option '--debug'"],
  ])('%j is refused', (parameters, words) => {
    expect(() => readRequest(parameters)).toThrow(words);
  });
});
