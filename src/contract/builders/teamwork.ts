import { declaredAgent, type NamedAgent } from './agent';
import { type Built, build, type Options, type Part } from './built';
import type { Parts } from './side-by-side';

/**
 * Lets an agent delegate to workers; a worker may be a supervisor itself, or `capability(…)`. A delegation carries
 * `{ objective, expectedOutput?, boundaries?, weight? }`: of what the step has left, the workers of one turn get shares by
 * their weights, 1 to 10 (default 1), beside one more share for the supervisor. After `maxRounds` (10) such turns, or
 * `maxIdleRounds` (2) of them in a row that bring nothing new, it has to conclude; one that does not fails
 * TurnLimitReached or NoProgress. With `passThrough` it may say `finish: true` beside a turn's only delegation: that
 * worker's answer is then the step's output, where it keeps the supervisor's output contract, and no turn follows.
 */
export function supervise(
  supervisor: NamedAgent | string,
  workers: Parts,
  options: Options<'supervise', 'supervisor' | 'workers'> = {},
): Built {
  const { name, own } = declaredAgent(supervisor);
  return build({ kind: 'supervise', supervisor: name, workers, ...options }, own);
}

/**
 * Sends the input, unchanged, down the one route that the classifiers, asked in order, choose: by rules, by examples
 * (an offline model trained on them; `thresholds.examples` 0.6), by an agent (`{ route, confidence }`;
 * `thresholds.agent` 0.5), by a person. What none is sure of gets the fallback and is kept as an incident.
 */
export function route(
  routes: Parts,
  options: Options<'route', 'routes' | 'fallback'> & { readonly fallback: Part },
): Built {
  return build({ kind: 'route', routes, ...options });
}

/**
 * Lets a proposer and a critic argue, round by round, before a judge. The proposer is given the step's input first, then
 * like the critic and the judge `{ question, turns }`, where a turn is `{ round, by, said }`; the judge sees `roundsLeft`
 * too. The critic answers `{ agrees, argument }`, the judge `{ decided, verdict, reasons, dissent }`. The output is
 * `{ decided, endedBy, verdict, reasons, dissent, rounds, turns }`; where the critic agrees, the verdict is the proposal.
 */
export function debate(
  sides: { readonly proposer: Part; readonly critic: Part; readonly judge: Part },
  options: Options<'debate', 'proposer' | 'critic' | 'judge'> = {},
): Built {
  return build({ kind: 'debate', ...sides, ...options });
}

/**
 * Lets members send each other messages until they agree or fall quiet. A member without an output contract answers
 * `{ messages: [{ to, type, payload, priority?, parent? }], answer? }`; the output is
 * `{ agreed, endedBy, answer, answers, rounds, messages }`.
 */
export function peers(members: Parts, options: Options<'peers', 'members'> = {}): Built {
  return build({ kind: 'peers', members, ...options });
}
