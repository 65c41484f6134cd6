import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/contract/json';
import { anyStep, SOME_LABEL } from './random-step';

const DULL: JsonObject = { instructions: 'Work.' };

/**
 * Who works in random teams: ann, bob and handy always answer, sick never does, slow only when somebody cancels it,
 * fair answers the patterns' questions, sure gives a confidence, boss delegates; packed and vague are only there to be put where they cannot work.
 */
export const AGENTS: JsonObject = {
  ann: { ...DULL, capabilities: ['answering'], weight: 2 },
  bob: { ...DULL, description: 'Answers.', capabilities: ['answering'], tier: 'light' },
  handy: { ...DULL, tools: ['items'] },
  sick: DULL,
  slow: DULL,
  fair: DULL,
  sure: {
    ...DULL,
    output: {
      type: 'object',
      properties: { answer: { enum: ['yes', 'no'] }, confidence: { type: 'number', minimum: 0, maximum: 1 } },
      required: ['answer', 'confidence'],
    },
  },
  boss: { ...DULL, limits: { maxToolCalls: 3 } },
  packed: { ...DULL, mode: 'packed' },
  vague: { ...DULL, output: { type: 'object', properties: {}, required: [] } },
};

export const SOUND_WORKERS: readonly string[] = ['ann', 'bob', 'handy'];

export interface RandomTeam {
  /** As its author would write it. */
  readonly team: JsonObject;
  /** Every agent that it uses answers: it must come to a whole result. */
  readonly sound: boolean;
}

export function teamAround(root: JsonObject, inner: JsonObject): JsonObject {
  return {
    name: 'random',
    agents: AGENTS,
    root: withOwnLabels(root),
    teams: { inner: { name: 'inner', agents: AGENTS, root: withOwnLabels(inner) } },
  };
}

/** Generated checkpoints all have one label; those of one team must differ. */
function withOwnLabels(root: JsonObject): JsonObject {
  let count = 0;
  const labelled = (json: Json): Json => {
    if (json === null || typeof json !== 'object') return json;
    if (Array.isArray(json)) return json.map(labelled);
    const object = json as JsonObject;
    if (object.label === SOME_LABEL) return { ...object, label: `here-${++count}` };
    return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, labelled(value)]));
  };
  return labelled(root) as JsonObject;
}

/** Teams over every kind of step that are as they should be; steps are nested up to `depth` deep. */
export function randomTeam(depth: number): fc.Arbitrary<RandomTeam> {
  return fc.boolean().chain((sound) => {
    const workers = sound ? SOUND_WORKERS : [...SOUND_WORKERS, 'sick'];
    const root = anyStep({ depth, workers, teams: ['inner'] });
    const inner = anyStep({ depth: 1, workers, teams: [] });
    return fc.tuple(root, inner).map(([outer, within]) => ({ team: teamAround(outer, within), sound }));
  });
}
