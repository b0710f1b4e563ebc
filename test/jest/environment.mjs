/**
 * Node, where each limit that a test or a hook sets counts fivefold, up to an hour. A limit is there to end what hangs; how
 * long a test takes on a busy computer says nothing about it. The global object is an ordinary one, as outside jest.
 */
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

const patience = 5;
const mostMs = 60 * 60_000;

export default class extends TestEnvironment {
  /** Hooks that run before each test come again and again. */
  #seen = new WeakSet();

  constructor(...given) {
    // In jest's own context Node is asked at each access to a global such as Math, which doubles the time of a simulation. This one is ordinary.
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...given);
    } finally {
      vm.createContext = createContext;
    }
  }

  handleTestEvent({ name, hook, test }, { testTimeout }) {
    if (name === 'hook_start') this.#extend(hook, testTimeout);
    if (name === 'test_fn_start') this.#extend(test, testTimeout);
  }

  #extend(one, usual) {
    if (this.#seen.has(one)) return;
    this.#seen.add(one);
    const own = one.timeout || usual;
    one.timeout = Math.max(own, Math.min(own * patience, mostMs));
  }
}
