import { failure } from '../../contract/fail';
import type { StepResult } from '../../contract/run/run';
import { type Opinion, OTHERWISE, type Routing } from '../../contract/team/classification';
import type { RouteStep } from '../../contract/team/step';
import { chore } from '../calls/chore';
import { askClassifier } from '../route/ask-classifier';
import type { Run } from '../run/run';
import { below, type Place } from '../steps/place';

/**
 * Route: sends the input, unchanged, down one of its routes. The classifiers are asked in order until one is sure; a
 * route that is a route step itself makes a second level. Input that none is sure of gets the fallback. That, and what
 * only a person could tell, is kept as an incident: `baton incidents` exports them as training data.
 *
 * Crash: each classifier's answer is in history and none is asked twice; a person's question stays open; the route that
 * was chosen stays chosen, whatever examples a newer version of the team has.
 */
export async function runRoute(run: Run, place: Place<RouteStep>): Promise<StepResult> {
  const routing = await chooseRoute(run, place);
  run.view.change(place.path, { routing, outcome: inWords(routing) });
  if (routing.route === null || routing.by === 'person') await keepIncident(run, place, routing);
  const { step, input } = place;
  if (routing.route === null) return run.runStep(below(place, OTHERWISE, { step: step.fallback, input }));
  const chosen = step.routes[routing.route];
  if (chosen === undefined)
    throw failure('InvalidTeam', `The step ${place.path} has no route "${routing.route}".`);
  return run.runStep(below(place, routing.route, { step: chosen, input }));
}

async function chooseRoute(run: Run, place: Place<RouteStep>): Promise<Routing> {
  const opinions: Opinion[] = [];
  for (const index of place.step.by.keys()) {
    const { route, by, candidates } = await askClassifier(run, place, index);
    opinions.push({ by, candidates });
    if (route !== undefined) return { route, by, confidence: candidates[0]?.confidence ?? 1, opinions };
  }
  return { route: null, opinions };
}

async function keepIncident(run: Run, place: Place<RouteStep>, routing: Routing): Promise<void> {
  const text = place.step.by.find((classifier) => classifier.by === 'examples')?.text;
  await chore(run, `record an incident · ${place.path}`, 'recordIncident', {
    ...routing,
    run: run.id,
    team: run.team,
    path: place.path,
    input: place.input,
    ...(text === undefined ? {} : { text }),
    at: Date.now(),
  });
}

function inWords({ route, by, opinions }: Routing): string {
  if (route === null) return `unclear to ${opinions.map((opinion) => opinion.by).join(', ')}`;
  const [best, next] = opinions.at(-1)?.candidates ?? [];
  if (best === undefined || best.confidence === 1) return `${route} by ${by}`;
  const second = next === undefined ? '' : `, then ${next.route} ${inDigits(next.confidence)}`;
  return `${route} by ${by} (${inDigits(best.confidence)}${second})`;
}

/** Rounded down: 1.00 would say that nothing spoke for any other route. */
function inDigits(confidence: number): string {
  return (Math.floor(confidence * 100) / 100).toFixed(2);
}
