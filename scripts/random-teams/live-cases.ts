import fc from 'fast-check';
import type { JsonObject } from '../../src/contract/json';
import type { StepKind } from '../../src/contract/team/step';
import { GENERATED_KINDS, randomStep } from './random-step';
import { randomTeam, SOUND_WORKERS, teamAround } from './random-team';
import { endsOf, type LiveCase } from './run-live';

const ANN: JsonObject = { kind: 'agent', agent: 'ann' };

/** By then a random team is under way, or over. */
const RESUMED_WITHIN_MS = 800;

/** So many random teams, a third of which are cancelled at some moment and resumed; the same for the same seed. */
export function randomCases(seed: number, runs: number): readonly LiveCase[] {
  const after = fc.sample(fc.integer({ min: 0, max: RESUMED_WITHIN_MS }), { seed, numRuns: runs });
  return fc.sample(randomTeam(2), { seed, numRuns: runs }).map(({ team, sound }, index) => ({
    name: `seed ${seed}, team ${index}`,
    team,
    mayEnd: endsOf(sound),
    ...(index % 3 === 0 && { resumeAfterMs: after[index] ?? 0 }),
  }));
}

interface Situation {
  readonly around: (step: JsonObject) => JsonObject;
  readonly mayEnd: readonly string[];
  readonly cancel?: boolean;
}

const SITUATIONS: Readonly<Record<string, Situation>> = {
  'two deep': {
    around: (step) => ({
      kind: 'refine',
      draft: { kind: 'parallel', branches: { a: step, b: ANN } },
      review: { kind: 'agent', agent: 'fair' },
      maxRounds: 1,
    }),
    mayEnd: ['done'],
  },
  'beside a failing branch': {
    around: (step) => ({ kind: 'parallel', branches: { a: step, b: { kind: 'agent', agent: 'sick' } } }),
    mayEnd: ['ModelRefused'],
  },
  'cancelled midway': {
    around: (step) => ({ kind: 'parallel', branches: { a: step, b: { kind: 'agent', agent: 'slow' } } }),
    mayEnd: ['RunCancelled'],
    cancel: true,
  },
};

/** Every kind of step in every situation, the parts of each drawn by the seed. */
export function situationCases(seed: number): readonly LiveCase[] {
  return GENERATED_KINDS.flatMap((kind, index) => {
    const steps = fc.sample(stepOf(kind), {
      seed: seed + index,
      numRuns: Object.keys(SITUATIONS).length,
    });
    return Object.entries(SITUATIONS).map(([situation, { around, mayEnd, cancel = false }], nth) => ({
      name: `${kind} ${situation}, seed ${seed}`,
      team: teamAround(around(steps[nth] ?? ANN), ANN),
      mayEnd,
      cancel,
    }));
  });
}

function stepOf(kind: StepKind): fc.Arbitrary<JsonObject> {
  return randomStep(kind, { depth: 1, workers: SOUND_WORKERS, teams: ['inner'] });
}
