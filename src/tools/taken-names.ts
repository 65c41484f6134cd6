import type { BatonActivities } from '../contract/activities';
import { ANSWER_TOOL } from '../contract/names';
import { DELEGATION_PREFIX } from '../contract/team/delegation';

/** A tool is an activity of its own name, so none may bear the name of the engine's. The type keeps the list whole. */
const ENGINE_ACTIVITIES: Readonly<Record<keyof BatonActivities, true>> = {
  prepareRun: true,
  notify: true,
  callModel: true,
  runPackedAgent: true,
  classifyByExamples: true,
  recordIncident: true,
  mergeOutputs: true,
  storeValue: true,
  splitList: true,
  mergeItems: true,
  runAgents: true,
  loadValue: true,
  readBallot: true,
  keepTime: true,
  countUnheard: true,
  fitOutput: true,
  compact: true,
};

/** Why a tool may not have that name, or undefined where it may. */
export function takenName(name: string): string | undefined {
  if (Object.hasOwn(ENGINE_ACTIVITIES, name)) return `"${name}" is an activity of the engine`;
  if (name === ANSWER_TOOL) return `"${name}" is how a model gives its structured answer`;
  if (name.startsWith(DELEGATION_PREFIX))
    return `names that begin with "${DELEGATION_PREFIX}" are a supervisor's workers`;
  return undefined;
}
