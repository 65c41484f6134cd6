import { z } from 'zod';
import {
  agent,
  approve,
  checkpoint,
  dag,
  debate,
  emit,
  map,
  on,
  parallel,
  peers,
  pipeline,
  race,
  refine,
  registered,
  route,
  subteam,
  supervise,
  team,
  tool,
  vote,
} from '../../src/contract/builders';
import type { JsonObject } from '../../src/contract/json';
import type { Team } from '../../src/contract/team/team';
import type { ModelRequest } from '../../src/models/provider';
import { output, type ScriptedReply, text, toolCall } from '../../src/models/scripted-reply';
import { defineTool } from '../../src/tools/define-tool';
import type { Tool } from '../../src/tools/tool';
import { isFirstTurn, turnOf } from '../workflows/engine';

/** Whose every reply gives away what `secret` says, each in the form that its pattern asks for. */
export function leakyReplies(secret: () => string): Record<string, (request: ModelRequest) => ScriptedReply> {
  const told = (what: string) => `${what} ${secret()}`;
  return {
    blab: () => text(told('it is').repeat(40)),
    sorter: () => output({ route: 'yes', confidence: 0.2 }),
    boss: (request) =>
      isFirstTurn(request)
        ? toolCall('delegate_to_helper', { objective: told('use'), boundaries: secret() })
        : text(told('done with')),
    critic: () => output({ agrees: false, argument: told('never') }),
    judge: () => output({ decided: true, verdict: told('yes'), reasons: [secret()], dissent: [secret()] }),
    equal: () => output({ groups: [[0, 1]], reason: secret() }),
    picky: () => output({ acceptable: true, reason: told('good') }),
    reviewer: (request) => output({ passed: turnOf(request) > 0, feedback: told('not'), score: 0.5 }),
    planner: () =>
      text(
        JSON.stringify({ tasks: [{ id: 'one', worker: 'helper', objective: told('say'), requires: [] }] }),
      ),
    teller: () =>
      output({ messages: [{ to: 'all', type: 'tell', payload: secret() }], answer: told('I say') }),
    hearer: () => output({ messages: [], answer: told('I say') }),
    asker: (request) =>
      isFirstTurn(request) ? toolCall('note', { why: told('because') }) : text(told('noted')),
    fetcher: (request) =>
      isFirstTurn(request) ? toolCall('http_get', { url: 'http://api.example.com/' }) : text(told('got')),
    keeper: (request) =>
      isFirstTurn(request) ? toolCall('put_state', { key: 'k', value: { is: secret() } }) : text('kept'),
    rambler: ({ messages }) =>
      JSON.stringify(messages).includes('they said')
        ? text(told('end'))
        : toolCall('note', { why: told('so').repeat(80) }),
    compactor: () => text(told('they said')),
    wrong: () => output({ [secret()]: secret() }),
    mute: () => ({ text: '', stop: 'refusal', stopDetail: secret() }),
    who: () => text(told('registered')),
    keen: () => text(told('kept')),
  };
}

export const note: Tool = defineTool({
  name: 'note',
  description: 'Notes.',
  input: z.object({ why: z.string() }),
  effect: 'write',
  repeat: 'keyed',
  run: async ({ why }: JsonObject) => `noted ${String(why)}`,
});

/** Little enough that a run of several has one history. */
const limits = { maxTurns: 4, maxToolCalls: 4 };
const SHORT = { instructions: 'Answer.', limits };

const who = (name: string, more: object = {}, options: Parameters<typeof agent>[1] = {}) =>
  agent({ name, instructions: `You are ${name}.`, limits, ...more }, options);
const named = (name: string) => ({ name, instructions: `You are ${name}.`, limits });
/** Taken from what was said before, so that inputs, questions and incidents hold it too. */
const afterBlab = (step: Parameters<typeof pipeline>[0][number]) => pipeline([who('blab'), step]);

/** Steps side by side in one run: more would each get a history of its own. */
const SIDE_BY_SIDE = 4;

/** Every pattern and safeguard, whose agents tell what the worker must keep; the names of the teams begin with `patterns`. */
export function leakyPatterns(): Team[] {
  const all = Object.entries(patterns());
  const teams: Team[] = [];
  for (let first = 0; first < all.length; first += SIDE_BY_SIDE) {
    const branches = Object.fromEntries(all.slice(first, first + SIDE_BY_SIDE));
    const best = { bestEffort: { atLeast: 0.1, required: [] } };
    teams.push(
      team(`patterns-${first}`, parallel(branches, { join: best }), {
        policy: { rules: [{ verdict: 'ask', tools: ['note'], because: 'it writes' }] },
        approvals: { approvers: ['ann'] },
        agents: { sorter: SHORT, picky: SHORT, equal: SHORT },
      }),
    );
  }
  // Found, kept and shown again by another run.
  teams.push(team('cached', who('keen', { cache: { ttl: '1h' } })));
  teams.push(team('asks', afterBlab(approve('Go on?', { approvers: ['ann'] }))));
  return teams;
}

function patterns(): Parameters<typeof parallel>[0] {
  const helper = who('blab');
  return {
    map: map('/list', helper, { callsPerActivity: 2 }),
    race: race({ a: helper, b: helper }, { judge: 'picky' }),
    route: afterBlab(route({ yes: helper }, { by: [{ by: 'agent', agent: 'sorter' }], fallback: helper })),
    supervise: supervise(named('boss'), { helper }),
    debate: debate({ proposer: helper, critic: who('critic'), judge: who('judge') }),
    vote: vote({ a: helper, b: helper }, { judge: 'equal', tieBreak: helper }),
    refine: refine({ draft: helper, review: who('reviewer') }, { maxRounds: 2 }),
    dag: dag([
      { id: 'a', step: helper },
      { id: 'b', step: helper, requires: ['a'] },
    ]),
    planned: dag({ planner: named('planner'), workers: { helper } }),
    peers: peers({ one: who('teller'), two: who('hearer') }, { maxRounds: 2 }),
    team: subteam(team('below', pipeline([helper]))),
    events: parallel({ here: afterBlab(emit('news')), there: on('news', { timeout: '1m' }) }),
    checkpoint: pipeline([checkpoint('halfway'), helper]),
    isolated: agent('blab', { isolated: true }),
    held: who('asker', { tools: ['note'] }),
    http: who('fetcher', { tools: ['http_get'] }),
    state: who('keeper', { tools: ['put_state'] }),
    compacted: who('rambler', { tools: ['note'], limits: { ...limits, compactAtTokens: 1000 } }),
    broken: who('wrong', { output: { type: 'object', required: ['n'] } }),
    escalated: tool('typed', {}, { onFailure: 'escalate' }),
    replaced: who('mute', {}, { onFailure: { fallback: helper } }),
    registered: registered({ name: 'who', registry: { name: 'known' } }),
  };
}
