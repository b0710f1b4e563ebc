import { expect, test } from '@jest/globals';
import { Moments } from '../../../crosscheck/lib/moments.ts';
import { Names } from '../../../crosscheck/witnesses/moto/normalise.ts';
import { Answers } from '../../../crosscheck/witnesses/s3-server/answers.ts';

const hour = 3_600_000;
const from = (start: number) => (milliseconds: number) => new Date(start + milliseconds);

test('a time is told by how far it is from the clock of its side', () => {
  let now = Date.now() + 300 * hour;
  const start = Date.now();
  const moments = new Moments(() => new Date(now));
  const after = from(now);
  expect(moments.of(after(900_400))).toBe('now + 900 s');
  expect(moments.of(after(3_599_100))).toBe('now + 3600 s');
  expect(moments.of(after(720 * hour - 4_000))).toBe('now + 2592000 s');
  expect(moments.of(after(0))).toBe('a time since the start');
  now += hour;
  expect(moments.of(after(0))).toBe('a time since the start');
  expect(moments.of(after(2 * hour))).toBe('now + 3600 s');
  // By a clock that nobody has moved.
  expect(moments.of(from(start)(900_000), () => new Date(start))).toBe('a time since the start');
  expect(moments.of(from(now)(900_000), () => new Date(start))).toMatch(/^now \+ 10\d{5} s$/);
});

test.each([0, Date.UTC(1999, 11, 31), Date.now() - hour])('a time before there was a side is another: %d', (time) => {
  expect(new Moments().of(new Date(time))).toBe('another time');
});

test('a session that ends ten years late, and an object of 1970, differ', () => {
  const told = (time: Date) => new Names().normalise({ Expiration: time });
  const inAnHour = new Date(Date.now() + hour);
  const late = new Date(inAnHour.getTime() + 87_660 * hour);
  expect(told(inAnHour)).toEqual({ Expiration: 'now + 3600 s' });
  expect(told(late)).not.toEqual(told(inAnHour));
  const listed = (time: Date) => new Answers().plain({ LastModified: time });
  expect(listed(new Date())).toEqual({ LastModified: 'a time since the start' });
  expect(listed(new Date(0))).toEqual({ LastModified: 'another time' });
});
