/**
 * Imported first, for its effect, by actions that stream gigabytes through buffers: the heap stays close to what is in use,
 * but may double before the next collection. Buffers count towards that, so the smaller steps of small-heap.ts would cause
 * several collections a second and take a tenth of the time.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=100');
