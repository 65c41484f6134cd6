import { agent, type NamedAgent } from '../../src/contract/builders/agent';
import { dag, pipeline, refine, saga } from '../../src/contract/builders/in-order';
import { approve, subteam, tool } from '../../src/contract/builders/leaves';
import { map, parallel, race, vote } from '../../src/contract/builders/side-by-side';
import { team } from '../../src/contract/builders/team';
import { debate, route, supervise } from '../../src/contract/builders/teamwork';
import type { Team } from '../../src/contract/team/team';

/** A team of the chaos test, and how each run of it ends unless it is cancelled. */
export interface ChaosTeam {
  readonly team: Team;
  readonly ends: 'done' | 'SagaUndone';
  /** Effects that stand then: done and not taken back. */
  readonly stand: number;
  /** A saga: where it is cancelled, none stands. */
  readonly undoes: boolean;
}

/** Minutes of outages, kills and faults must not be what ends a step. */
const limits = { timeout: '2h', maxTurns: 12 };

const named = (name: string, more: Partial<NamedAgent> = {}): NamedAgent => ({
  name,
  model: 'chaos',
  description: `Is ${name}.`,
  instructions: `You are ${name}.`,
  limits,
  ...more,
});
const plain = (name: string, more: Partial<NamedAgent> = {}) => agent(named(name, more));

/** Looks something up first, then answers. */
const reader = (name: string, mode: 'stepwise' | 'packed' = 'stepwise') =>
  plain(name, { tools: ['look'], mode });
/** Files something first, then answers. */
const clerk = (name: string) => plain(name, { tools: ['file'] });
const filing = (id: string) => tool('file', { what: id }, { id });

const done = (given: Team, stand: number): ChaosTeam => ({ team: given, ends: 'done', stand, undoes: false });

/** Teams of every kind of step, each with effects that are told apart by run and step. */
export const CHAOS_TEAMS: readonly ChaosTeam[] = [
  done(team('line', pipeline([reader('writer'), clerk('clerk'), filing('last')])), 2),
  done(
    team(
      'fan',
      pipeline([
        parallel({ a: reader('a'), b: plain('b'), c: reader('c', 'packed'), d: clerk('d') }),
        filing('last'),
      ]),
    ),
    2,
  ),
  done(
    team(
      'list',
      pipeline([
        map('/items', plain('each')),
        map('', plain('again'), { callsPerActivity: 1 }),
        filing('last'),
      ]),
    ),
    1,
  ),
  done(
    team(
      'boss',
      pipeline([supervise(named('boss'), { one: reader('one'), two: clerk('two') }), filing('last')]),
    ),
    2,
  ),
  {
    ...done(
      team(
        'trip',
        saga([
          { name: 'flight', do: filing('flight') },
          { name: 'letter', do: plain('letter') },
          { name: 'hotel', do: filing('hotel') },
        ]),
      ),
      2,
    ),
    undoes: true,
  },
  {
    ...done(
      team(
        'wide-trip',
        saga([
          { name: 'legs', do: parallel({ out: filing('out'), back: clerk('back') }) },
          { name: 'stay', do: pipeline([clerk('host'), filing('room')], { isolated: true }) },
          { name: 'last', do: plain('letter') },
        ]),
      ),
      4,
    ),
    undoes: true,
  },
  {
    team: team(
      'fallen-trip',
      saga([
        { name: 'flight', do: filing('flight') },
        { name: 'hotel', do: filing('hotel') },
        { name: 'car', do: pipeline([plain('driver'), tool('refuse')]) },
      ]),
    ),
    ends: 'SagaUndone',
    stand: 0,
    undoes: true,
  },
  done(
    team(
      'asking',
      pipeline([
        plain('drafter'),
        approve('Send it?', { approvers: ['ann'], deadline: '24h' }),
        filing('last'),
      ]),
    ),
    1,
  ),
  done(
    team(
      'deciding',
      pipeline([
        vote(
          { one: plain('one'), two: plain('two'), three: plain('three') },
          { rule: 'plurality', tieBreak: plain('four') },
        ),
        race({ hare: plain('hare'), tortoise: reader('tortoise') }),
        filing('last'),
      ]),
    ),
    1,
  ),
  done(
    team(
      'tasks',
      dag([
        { id: 'top', step: reader('top') },
        { id: 'left', step: plain('left'), requires: ['top'] },
        { id: 'right', step: clerk('right'), requires: ['top'] },
        { id: 'end', step: filing('last'), requires: ['left', 'right'] },
      ]),
    ),
    2,
  ),
  done(
    team(
      'nested',
      route(
        { in: subteam(team('inner', pipeline([reader('insider'), filing('inner')]))) },
        {
          by: [{ by: 'rules', rules: [{ when: { at: '/items', exists: true }, route: 'in' }] }],
          fallback: plain('nobody'),
        },
      ),
    ),
    1,
  ),
  done(
    team(
      'polished',
      pipeline([
        refine({ draft: plain('draft'), review: plain('review') }, { maxRounds: 2, isolated: true }),
        debate({ proposer: plain('pro'), critic: plain('con'), judge: plain('judge') }, { maxRounds: 2 }),
        filing('last'),
      ]),
    ),
    1,
  ),
];

/** What every run is given. */
export const CHAOS_INPUT = { items: ['one', 'two', 'three', 'four', 'five'] } as const;
