/** The crash suite of verify-volume's bundle (support-verify.ts), at every second of its calls: the odd ones. */
import { crashSuiteOfVerify } from './support-verify.ts';

crashSuiteOfVerify('odd');
