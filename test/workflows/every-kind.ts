import {
  agent,
  approve,
  type Built,
  dag,
  debate,
  map,
  on,
  parallel,
  peers,
  pipeline,
  race,
  refine,
  route,
  saga,
  subteam,
  supervise,
  team,
  tool,
  vote,
} from '../../src/contract/builders';
import type { Json, JsonObject } from '../../src/contract/json';
import type { ModelRequest, ProviderContext } from '../../src/models/provider';
import { output, text, toolCall } from '../../src/models/scripted-reply';
import { type Engine, isFirstTurn } from './engine';

const who = (name: string) => agent({ name, description: `Is ${name}.`, instructions: `You are ${name}.` });
const boss = { name: 'boss', instructions: 'You are boss.' };
const planner = { name: 'planner', instructions: 'You are planner.' };

/**
 * Every kind of step that can be under way, each with a part that is done and `last`, which is not: an agent that is
 * asked, a tool that is called, or a wait. `emit` and `checkpoint` are over as soon as they begin.
 */
export const EVERY_KIND: Readonly<Record<string, Built>> = {
  agent: who('last'),
  tool: tool('book', { what: 'last' }),
  pipeline: pipeline([who('one'), who('last')]),
  parallel: parallel({ a: who('one'), b: who('last') }),
  map: map('/items', who('last')),
  'map, a call an activity': map('/items', pipeline([who('one'), who('last')])),
  race: race({ a: pipeline([who('one'), who('last')]), b: who('last') }),
  route: route(
    { a: who('last') },
    {
      by: [{ by: 'rules', rules: [{ when: { at: '', exists: true }, route: 'a' }] }],
      fallback: who('one'),
    },
  ),
  supervise: supervise(boss, { last: who('last') }),
  debate: debate({ proposer: who('one'), critic: who('critic'), judge: who('judge') }),
  vote: vote({ a: who('one'), b: who('last') }, { rule: 'plurality', tieBreak: who('chair') }),
  refine: refine({ draft: who('one'), review: who('reviewer') }),
  'dag, fixed': dag([
    { id: 'one', step: who('one') },
    { id: 'last', step: who('last'), requires: ['one'] },
  ]),
  'dag, planned': dag({ planner, workers: { last: who('last') } }),
  peers: peers({ ann: who('ann'), ben: who('ben') }, { maxRounds: 2 }),
  saga: saga([
    { name: 'first', do: tool('book', { what: 'first' }) },
    { name: 'then', do: who('last') },
  ]),
  approve: approve('Go on?'),
  on: on('go'),
  team: subteam(team('inner', pipeline([who('one'), who('last')]))),
};

/** Given to every run. */
export const INPUT = { items: ['x', 'y'] };

/** What an agent says, or the tool that it calls. */
type Answer = { readonly says: Json } | { readonly call: string; readonly args: JsonObject };

const FIRST: Readonly<Record<string, Json>> = {
  one: 'one',
  planner: { tasks: [{ id: 't', worker: 'last', objective: 'do it', requires: [] }] },
  ann: { messages: [{ to: 'ben', type: 'tell', payload: 'hello' }], answer: 'yes' },
};
/** Of whoever comes last in its pattern. */
const LAST: Readonly<Record<string, Json>> = {
  last: 'last',
  critic: { agrees: true, argument: 'sound' },
  judge: { decided: true, verdict: 'plan', reasons: [], dissent: [] },
  chair: { choice: 1, reason: 'simpler' },
  reviewer: { passed: true, feedback: 'good' },
  ben: { messages: [], answer: 'yes' },
};

/** What everybody says where nothing hangs. */
export function answerOf(name: string, isFirst: boolean): Answer {
  if (name === 'boss' && isFirst) return { call: 'delegate_to_last', args: { objective: 'do it' } };
  return { says: { ...FIRST, ...LAST, boss: 'done' }[name] ?? null };
}

const FIRST_NAMES = [...Object.keys(FIRST), 'boss'];

/** Everybody answers. */
export function answering(engine: Engine): void {
  engine.replies(repliesOf([...FIRST_NAMES, ...Object.keys(LAST)]));
}

function repliesOf(names: readonly string[]) {
  const reply = (name: string) => (request: ModelRequest) => {
    const answer = answerOf(name, isFirstTurn(request));
    if ('call' in answer) return toolCall(answer.call, answer.args);
    return typeof answer.says === 'string' ? text(answer.says) : output(answer.says);
  };
  return Object.fromEntries(names.map((name) => [name, reply(name)]));
}

/** What hangs until it is aborted. */
export interface Hung {
  readonly begun: string[];
  readonly aborted: string[];
}

/** Whoever comes last in its pattern never answers; `bad` refuses as soon as `met`. */
export function hanging(engine: Engine, hung: Hung, met: () => Promise<void>): void {
  const endless =
    (name: string) =>
    (_request: unknown, { signal }: ProviderContext) =>
      untilAborted(hung, name, signal);
  engine.replies({
    ...repliesOf(FIRST_NAMES),
    ...Object.fromEntries(Object.keys(LAST).map((name) => [name, endless(name)])),
    bad: async () => {
      await met();
      return { text: '', stop: 'refusal' };
    },
  });
}

export function untilAborted({ begun, aborted }: Hung, name: string, signal: AbortSignal): Promise<never> {
  begun.push(name);
  return new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => {
      aborted.push(name);
      reject(signal.reason as Error);
    }),
  );
}
