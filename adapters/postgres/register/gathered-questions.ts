export interface GatheredQuestionsOptions<Question extends string, Answer> {
  /** Answers many questions in one exchange; a question without an answer is missing in the map. */
  readonly ask: (questions: readonly Question[]) => Promise<ReadonlyMap<Question, Answer>>;
  /** So many exchanges may be under way; what is asked meanwhile waits for the first that ends. */
  readonly exchanges: number;
  readonly mostAtOnce: number;
}

interface Asker<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer | null) => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * Many small questions in few exchanges with the register. Every question is asked anew after it was put: nothing is kept, and
 * none is answered by an exchange that began before it. Alone, a question waits for the end of this turn of the event loop.
 */
export class GatheredQuestions<Question extends string, Answer> {
  readonly #options: GatheredQuestionsOptions<Question, Answer>;
  #waiting: Asker<Question, Answer>[] = [];
  #underWay = 0;
  #isDue = false;

  constructor(options: GatheredQuestionsOptions<Question, Answer>) {
    this.#options = options;
  }

  /** Out: the answer, null when there is none. A fault of the exchange is a fault of all who were asking in it. */
  ask(question: Question): Promise<Answer | null> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      if (this.#isDue) return;
      this.#isDue = true;
      // After the requests that came with this one have put their questions, too.
      setImmediate(() => {
        this.#isDue = false;
        this.#begin();
      });
    });
  }

  #begin(): void {
    const { exchanges, mostAtOnce } = this.#options;
    while (this.#waiting.length > 0 && this.#underWay < exchanges) {
      const askers = this.#waiting.splice(0, mostAtOnce);
      this.#underWay += 1;
      void this.#exchange(askers).finally(() => {
        this.#underWay -= 1;
        this.#begin();
      });
    }
  }

  async #exchange(askers: readonly Asker<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.#options.ask([...new Set(askers.map(({ question }) => question))]);
      for (const { question, resolve } of askers) resolve(answers.get(question) ?? null);
    } catch (fault) {
      for (const { reject } of askers) reject(fault);
    }
  }
}
