import { GatheredQuestions } from '../../../../adapters/postgres/register/gathered-questions';

/** An exchange that ends when the test lets it, with what it was asked. */
interface Exchange {
  readonly questions: readonly string[];
  answer(): void;
  fail(fault: Error): void;
}

function aLine(mostAtOnce = 10) {
  const exchanges: Exchange[] = [];
  const line = new GatheredQuestions<string, string>({
    exchanges: 1,
    mostAtOnce,
    ask: (questions) =>
      new Promise((resolve, reject) => {
        exchanges.push({
          questions,
          answer: () =>
            resolve(new Map(questions.filter((q) => q !== 'unknown').map((q) => [q, `answer to ${q}`]))),
          fail: reject,
        });
      }),
  });
  return { line, exchanges };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('questions that are put at the same time', () => {
  it('share one exchange, each gets its own answer, and one without gets none', async () => {
    const { line, exchanges } = aLine();
    const answers = Promise.all([line.ask('a'), line.ask('b'), line.ask('a'), line.ask('unknown')]);
    await turn();
    expect(exchanges.map(({ questions }) => questions)).toEqual([['a', 'b', 'unknown']]);
    exchanges[0]?.answer();
    await expect(answers).resolves.toEqual(['answer to a', 'answer to b', 'answer to a', null]);
  });

  it('wait while an exchange is under way and are never answered by it', async () => {
    const { line, exchanges } = aLine();
    const first = line.ask('a');
    await turn();
    const second = line.ask('a');
    await turn();
    expect(exchanges).toHaveLength(1);
    exchanges[0]?.answer();
    await first;
    await turn();
    expect(exchanges).toHaveLength(2);
    exchanges[1]?.answer();
    await expect(second).resolves.toBe('answer to a');
  });

  it('are asked in several exchanges when they are too many for one', async () => {
    const { line, exchanges } = aLine(2);
    const answers = Promise.all(['a', 'b', 'c'].map((question) => line.ask(question)));
    await turn();
    exchanges[0]?.answer();
    await turn();
    await turn();
    exchanges[1]?.answer();
    await answers;
    expect(exchanges.map(({ questions }) => questions)).toEqual([['a', 'b'], ['c']]);
  });

  it('share the fault of their exchange, and the next are asked again', async () => {
    const { line, exchanges } = aLine();
    const asked = Promise.allSettled([line.ask('a'), line.ask('b')]);
    await turn();
    exchanges[0]?.fail(new Error('the connection is closed'));
    expect((await asked).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const again = line.ask('a');
    await turn();
    exchanges[1]?.answer();
    await expect(again).resolves.toBe('answer to a');
  });
});
