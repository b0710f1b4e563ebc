// The time of a program of Node, moved by HOLDFAST_MOVED_SECONDS.
const Real = Date;
const moved = () => Real.now() + Number(process.env.HOLDFAST_MOVED_SECONDS) * 1000;
globalThis.Date = class extends Real {
  constructor(...given) {
    super(...(given.length === 0 ? [moved()] : given));
  }
  static now() {
    return moved();
  }
};
