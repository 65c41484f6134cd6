import type { JsonObject } from '../json';
import type { AgentStep, Step } from './step';
import { type ChildStep, childPath, childSteps, type StepPath } from './step-path';

/** An agent that answers a pattern's question, at its own path, and the JSON Schema that the answer must meet. */
export interface RoleUse {
  readonly path: StepPath;
  readonly agent: string;
  readonly contract: JsonObject;
  /** Steps that the agent must know to answer, by name: it is told what each of them is for. */
  readonly introduces?: Readonly<Record<string, Step>>;
}

/** Key of an agent that the pattern itself asks; no name of a branch can begin so. */
export function askedKey(agent: string): string {
  return `~${agent}`;
}

/**
 * The agents that a step needs an answer of a certain form from: a reviewer's verdict, a planner's tasks. An agent
 * without an output contract of its own is given that form; one with a contract must allow for it. Where a step asks for
 * a capability, `agentsOf` says who may answer.
 */
export function roleUses(step: Step, path: StepPath, agentsOf: AgentsOf = namedAgent): readonly RoleUse[] {
  const at = (key: string, agent: string, contract: JsonObject): RoleUse => ({
    path: childPath(path, step, key),
    agent,
    contract,
  });
  const child = (key: string, part: Step, contract: JsonObject): readonly RoleUse[] =>
    answeringAgents(part, childPath(path, step, key), agentsOf).map((found) => ({ ...found, contract }));
  switch (step.kind) {
    case 'refine':
      return child('review', step.review, REVIEW);
    case 'debate':
      return [...child('critic', step.critic, CRITIQUE), ...child('judge', step.judge, JUDGEMENT)];
    case 'race':
      return step.judge === undefined ? [] : [at(askedKey(step.judge), step.judge, ACCEPTANCE)];
    case 'vote':
      return [
        ...(step.judge === undefined ? [] : [at(askedKey(step.judge), step.judge, GROUPS)]),
        ...(step.tieBreak === 'escalate' ? [] : child('tie-break', step.tieBreak, CHOICE)),
      ];
    case 'route':
      return step.by.flatMap((classifier) =>
        classifier.by === 'agent'
          ? [at(askedKey(classifier.agent), classifier.agent, choiceOf(Object.keys(step.routes)))]
          : [],
      );
    case 'dag':
      return step.planner === undefined
        ? []
        : [
            {
              ...at(
                askedKey(step.planner),
                step.planner,
                planFor(Object.keys(step.workers ?? {}), step.maxTasks),
              ),
              introduces: step.workers ?? {},
            },
          ];
    case 'peers': {
      const members = Object.keys(step.members);
      return Object.entries(step.members).flatMap(([name, member]) =>
        child(name, member, mailFrom(members)).map((role) => ({
          ...role,
          introduces: others(step.members, name),
        })),
      );
    }
    default:
      return [];
  }
}

type AgentsOf = (step: AgentStep) => readonly string[];

const namedAgent: AgentsOf = ({ agent }) => (agent === undefined ? [] : [agent]);

/** The agents whose answer is, unchanged, the answer of the step. */
function answeringAgents(
  step: Step,
  path: StepPath,
  agentsOf: AgentsOf,
): readonly Pick<RoleUse, 'path' | 'agent'>[] {
  const below = childSteps(step)
    .filter((part) => passesOn(step, part))
    .flatMap((part) => answeringAgents(part.step, childPath(path, step, part.key), agentsOf));
  if (step.kind === 'agent') return [...agentsOf(step).map((agent) => ({ path, agent })), ...below];
  if (step.kind === 'supervise') return [{ path, agent: step.supervisor }, ...below];
  if (step.kind === 'parallel' && typeof step.merge === 'object' && 'synthesize' in step.merge)
    return [{ path: childPath(path, step, 'synthesis'), agent: step.merge.synthesize }, ...below];
  return below;
}

/** Is the answer of this child, where it is the one that counts, the step's own? */
function passesOn(step: Step, { place, step: part }: ChildStep): boolean {
  if (place[0] === 'onFailure') return true;
  if (step.kind === 'pipeline') return step.steps.at(-1) === part;
  return step.kind === 'race' || step.kind === 'route' || step.kind === 'approve';
}

function others(members: Readonly<Record<string, Step>>, name: string): Readonly<Record<string, Step>> {
  return Object.fromEntries(Object.entries(members).filter(([other]) => other !== name));
}

function object(properties: JsonObject, optional: readonly string[] = []): JsonObject {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

const TEXT = { type: 'string' };
const FLAG = { type: 'boolean' };
const SHARE = { type: 'number', minimum: 0, maximum: 1 };
const list = (items: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'array', items, ...more });

/** A reviewer's word on a draft. `score`, where given, says which of several failed drafts was the best. */
const REVIEW = object({ passed: FLAG, feedback: TEXT, score: SHARE }, ['score']);

/** A critic's answer; `agrees` ends the debate early. */
const CRITIQUE = object({ agrees: FLAG, argument: TEXT });

/** A judge's word after a round: undecided lets the debate go on while rounds are left. */
const JUDGEMENT = object({
  decided: FLAG,
  verdict: TEXT,
  reasons: list(TEXT),
  dissent: list(TEXT),
});

const ACCEPTANCE = object({ acceptable: FLAG, reason: TEXT });

/** Numbers of the answers that mean the same, group by group. */
const GROUPS = object({ groups: list(list({ type: 'integer', minimum: 0 })) });

/** The number of the answer that is to win. */
const CHOICE = object({ choice: { type: 'integer', minimum: 0 }, reason: TEXT });

function choiceOf(routes: readonly string[]): JsonObject {
  return object(
    { route: { type: ['string', 'null'], enum: [...routes, null] }, confidence: SHARE, reason: TEXT },
    ['reason'],
  );
}

/** As a supervisor's of its delegations. */
const WEIGHT = {
  type: 'integer',
  minimum: 1,
  maximum: 10,
  description:
    'How much work this is beside the other tasks, and so its share of the budget; what it leaves is for the rest. Where no task has one, they all draw on the whole.',
};

function planFor(workers: readonly string[], maxTasks: number): JsonObject {
  const task = object(
    {
      id: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' },
      worker: { type: 'string', enum: [...workers] },
      objective: TEXT,
      requires: list(TEXT),
      optional: FLAG,
      weight: WEIGHT,
    },
    ['requires', 'optional', 'weight'],
  );
  return object({ tasks: list(task, { minItems: 1, maxItems: maxTasks }) });
}

function mailFrom(members: readonly string[]): JsonObject {
  const message = object(
    {
      to: { type: 'string', enum: [...members, 'all'] },
      type: { type: 'string', enum: ['propose', 'agree', 'object', 'ask', 'tell'] },
      payload: TEXT,
      priority: { type: 'integer', minimum: 0, maximum: 9 },
      parent: TEXT,
    },
    ['priority', 'parent'],
  );
  return object({ messages: list(message, { maxItems: 20 }), answer: TEXT }, ['answer']);
}
