import { proxyActivities } from '@temporalio/workflow';
import type { BatonActivities } from '../../contract/activities';
import { failure } from '../../contract/fail';
import { type Candidate, examplesKey, type Opinion, OTHERWISE } from '../../contract/team/classification';
import { meetsPredicate } from '../../contract/team/meets-predicate';
import { askedKey } from '../../contract/team/roles';
import type { Classifier, RouteStep } from '../../contract/team/step';
import { definitionPath } from '../../contract/team/step-path';
import { classifyOptions } from '../calls/activity-options';
import type { Run } from '../run/run';
import { below, type Place } from '../steps/place';
import { type AnswerForm, readAnswer } from '../steps/read-answer';
import { readJson } from '../steps/read-json';

/** What a classifier said, and the route where it is sure enough to decide. */
export interface Answer extends Opinion {
  readonly route: string | undefined;
}

/** Asks one classifier of a route step's cascade; `index` is its place there. */
export async function askClassifier(run: Run, place: Place<RouteStep>, index: number): Promise<Answer> {
  const classifier = place.step.by[index];
  switch (classifier?.by) {
    case 'rules':
      return byRules(run, place, classifier.rules);
    case 'examples':
      return decided(place, 'examples', await byExamples(run, place, { index, text: classifier.text }));
    case 'agent':
      return decided(place, 'agent', await byAgent(run, place, classifier.agent));
    case 'person':
      return byPerson(run, place, classifier);
    case undefined:
      throw failure('InvalidTeam', `The step ${place.path} has no classifier ${index}.`);
  }
}

/** The best candidate decides where it is a route of the step and reaches the threshold of its kind. */
function decided(
  { step }: Place<RouteStep>,
  by: 'examples' | 'agent',
  candidates: readonly Candidate[],
): Answer {
  const [best] = candidates;
  const isSure = best !== undefined && best.route !== OTHERWISE && best.confidence >= step.thresholds[by];
  return { by, candidates, route: isSure ? best.route : undefined };
}

type RulesOf<C extends Classifier> = C extends { readonly by: 'rules'; readonly rules: infer R } ? R : never;

/** The first rule that the input meets. */
async function byRules(run: Run, { input }: Place<RouteStep>, rules: RulesOf<Classifier>): Promise<Answer> {
  const value = await readJson(run, input, 'the input of the route step');
  const route = rules.find(({ when }) => meetsPredicate(when, value))?.route;
  return { by: 'rules', candidates: route === undefined ? [] : [{ route, confidence: 1 }], route };
}

async function byExamples(
  run: Run,
  { path, input }: Place<RouteStep>,
  { index, text }: { readonly index: number; readonly text: string | undefined },
): Promise<readonly Candidate[]> {
  const examples = run.prepared.examples?.[examplesKey(definitionPath(path), index)];
  if (examples === undefined)
    throw failure('InvalidTeam', `The run was started without the examples of ${path}.`);
  const { classifyByExamples } = proxyActivities<BatonActivities>(classifyOptions(run, `classify · ${path}`));
  return classifyByExamples({ examples, input, ...(text === undefined ? {} : { text }) });
}

const CHOICE: AnswerForm<Candidate> = {
  what: 'the choice of a route',
  needs: '{ route: a name or null, confidence: 0 to 1 }',
  read: ({ route, confidence }) =>
    (typeof route === 'string' || route === null) &&
    typeof confidence === 'number' &&
    confidence >= 0 &&
    confidence <= 1
      ? { route: route ?? OTHERWISE, confidence }
      : undefined,
};

async function byAgent(run: Run, place: Place<RouteStep>, agent: string): Promise<readonly Candidate[]> {
  const { routes } = place.step;
  const asked = below(place, askedKey(agent), { step: { kind: 'agent', agent }, input: place.input });
  const { output } = await run.runStep(asked);
  const choice = await readAnswer(run, { value: output, path: asked.path }, CHOICE);
  if (choice.route !== OTHERWISE && !Object.hasOwn(routes, choice.route))
    throw failure(
      'OutputContractViolated',
      `The agent "${agent}" chose a route that ${place.path} has not. It has: ${Object.keys(routes).join(', ')}.`,
    );
  return [choice];
}

type Person = Extract<Classifier, { by: 'person' }>;

async function byPerson(run: Run, place: Place<RouteStep>, person: Person): Promise<Answer> {
  const { path, input, step } = place;
  run.view.change(path, { state: 'waiting' });
  const { verdict, choice } = await run.approvals.ask({
    path,
    reason: 'step',
    question: 'Where does this belong? Approve with a choice, or deny where it belongs nowhere.',
    value: input,
    terms: { approvers: person.approvers, deadline: person.deadline, escalate: [], whenUnanswered: 'deny' },
    choices: Object.keys(step.routes),
  });
  run.view.change(path, { state: 'running' });
  const route = verdict === 'approve' ? choice : undefined;
  return { by: 'person', candidates: route === undefined ? [] : [{ route, confidence: 1 }], route };
}
