/** The assembler of the WebAssembly kernels. */
import { describe, expect, test } from '@jest/globals';
import { assemble } from '../../../scripts/generate/kernels.ts';

describe('a kernel', () => {
  test('is assembled to the same bytes each time', async () => {
    const source = '(module (func (export "double") (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1))))';
    const binary = await assemble('double.wat', source);
    expect(Buffer.from(binary).toString('latin1', 0, 4)).toBe('\0asm');
    expect(await assemble('double.wat', source)).toEqual(binary);
  });

  test.each([
    ['has a typing error', '(module\n  (func (result i32)\n    (i64.const 1)))', 'broken.wat:3'],
    ['does not end', '(module\n  (func', 'broken.wat:2'],
    ['has a character beyond ASCII', '(module) ;; é', 'broken.wat:1'],
  ])('that %s is refused with its line', async (_what, source, message) => {
    await expect(assemble('broken.wat', source)).rejects.toThrow(message);
  });
});
