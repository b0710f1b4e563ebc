import { expect, test } from '@jest/globals';
import { type Fault, faults } from '../../../crosscheck/faults/faults.ts';
import { noticedOf } from '../../../crosscheck/witnesses/faults.ts';

const fault = (what: string, point: RegExp): Fault => ({ what, point, witness: 'it', path: 'a', from: 'b', to: 'c' });

test('a fault is noticed at the first difference that is its own', () => {
  const [code, size] = [fault('a code', /refused$/), fault('a size', /Size$/)];
  const { noticed, shared } = noticedOf([code, size], ['other', 'a: refused', 'b: refused', 'a: Size']);
  expect([...noticed]).toEqual([
    [code, 'a: refused'],
    [size, 'a: Size'],
  ]);
  expect(shared.size).toBe(0);
});

test('a difference that would show two faults shows neither', () => {
  const [code, malformed] = [fault('a code', /refused$/), fault('malformed ids', /malformed id: refused$/)];
  const { noticed, shared } = noticedOf([code, malformed], ['volumes: malformed id: refused']);
  expect(noticed.size).toBe(0);
  expect([...shared]).toEqual([['volumes: malformed id: refused', ['a code', 'malformed ids']]]);
});

test('every fault changes something', () => {
  expect(faults.filter(({ from, to }) => from === to)).toEqual([]);
});
