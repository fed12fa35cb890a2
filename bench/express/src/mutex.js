// One at a time for each key, in the order of arrival.

export class Mutex {
  #last = new Map();

  async run(key, work) {
    const before = this.#last.get(key);
    const result = (before ?? Promise.resolve()).then(work);
    const settled = result.then(
      () => {},
      () => {},
    );
    this.#last.set(key, settled);
    try {
      return await result;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}
