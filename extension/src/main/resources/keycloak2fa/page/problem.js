/* What goes wrong, as the reader is told it. */

/** What the reader can do something about, as a sentence. */
export class Problem extends Error {
  /**
   * @param key of the text
   * @param status of the answer that it comes from; 0 where there was no answer
   */
  constructor(message, { status = 0, code = "" } = {}) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** There is no login, or it has ended: only a new one helps. */
export class LoginNeeded extends Problem {}
