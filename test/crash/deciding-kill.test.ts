import { agent, type Built, debate, pipeline, race, refine, team, vote } from '../../src/contract/builders';
import type { Json } from '../../src/contract/json';
import { repeatedCalls } from '../../src/testing/call-record';
import type { ServedRequest } from '../../src/testing/model-server';
import { openCrashStage, until } from './crash-stage';

const who = (name: string) => agent({ name, instructions: `You are ${name}.` });

interface Kill {
  readonly title: string;
  readonly root: Built;
  readonly replies: Readonly<Record<string, (asked: string) => Json>>;
  /** The worker is killed when so many calls are in the journal, and so many others wait for their reply. */
  readonly at: { readonly finished: number; readonly running: number };
  /** Calls of the whole run, at least and at most. */
  readonly calls: readonly [number, number];
  readonly output: object | string;
}

const KILLS: readonly Kill[] = [
  {
    title: 'debate, in the critic’s second turn',
    root: debate({ proposer: who('pro'), critic: who('con'), judge: who('judge') }),
    replies: {
      pro: () => 'plan',
      con: () => ({ agrees: false, argument: 'no' }),
      judge: (asked) => ({
        decided: asked.includes('"round": 2'),
        verdict: 'plan',
        reasons: [],
        dissent: ['no'],
      }),
    },
    at: { finished: 4, running: 1 },
    calls: [6, 6],
    output: { decided: true, endedBy: 'judge', rounds: 2 },
  },
  {
    title: 'refine, in the second review',
    root: refine({ draft: who('writer'), review: who('reviewer') }),
    replies: {
      writer: (asked) => (asked.includes('feedback') ? 'second' : 'first'),
      reviewer: (asked) => ({ passed: asked.includes('second'), feedback: 'more' }),
    },
    at: { finished: 3, running: 1 },
    calls: [4, 4],
    output: { passed: true, draft: 'second', rounds: 2 },
  },
  {
    title: 'vote, with half of the ballots cast',
    root: pipeline([
      vote(Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, who(name)])), {
        rule: 'plurality',
        tieBreak: who('chair'),
      }),
    ]),
    replies: {
      ...Object.fromEntries(['a', 'b', 'c'].map((name) => [name, () => 'yes'])),
      ...Object.fromEntries(['d', 'e', 'f'].map((name) => [name, () => 'no'])),
      chair: () => ({ choice: 0, reason: 'first' }),
    },
    at: { finished: 3, running: 3 },
    calls: [7, 7],
    output: { decidedBy: 'step', abstained: [], failed: [] },
  },
  {
    title: 'race, halfway round for both',
    root: race({
      one: pipeline([who('one'), who('two')]),
      other: pipeline([who('three'), who('four')]),
    }),
    replies: { one: () => 'x', two: () => 'end', three: () => 'x', four: () => 'end' },
    at: { finished: 2, running: 2 },
    calls: [3, 4],
    output: 'end',
  },
];

function replyOf(replies: Kill['replies']) {
  return ({ system, messages }: ServedRequest) => {
    const [, name = ''] = /^You are (\w+)\./.exec(system) ?? [];
    const reply = replies[name]?.(JSON.stringify(messages).replaceAll('\\"', '"')) ?? '';
    return { text: typeof reply === 'string' ? reply : JSON.stringify(reply) };
  };
}

describe('a worker killed with SIGKILL', () => {
  test.each(KILLS)(
    '$title: another goes on, and no finished call is made again',
    async (kill) => {
      const stage = await openCrashStage(replyOf(kill.replies));
      try {
        const victim = await stage.startWorker();
        const { run } = await stage.client.start(team('crash', kill.root), 'go');
        stage.allow(kill.at.finished);
        await until(
          async () => (await stage.journaled()) === kill.at.finished && stage.running() === kill.at.running,
        );
        await victim.kill();
        await stage.startWorker();
        stage.allow(Number.POSITIVE_INFINITY);
        const { output } = await stage.client.result(run);
        if (typeof kill.output === 'string') expect(output).toBe(kill.output);
        else expect(output).toMatchObject(kill.output);
        const finished = stage.model.calls().filter(({ outcome }) => outcome === 'finished').length;
        expect(repeatedCalls(stage.model.calls())).toEqual([]);
        const [least, most] = kill.calls;
        expect(finished).toBeGreaterThanOrEqual(least);
        expect(finished).toBeLessThanOrEqual(most);
      } finally {
        await stage.close();
      }
    },
    60_000,
  );
});
