import type { Routing } from '../../contract/team/classification';
import { oneLine } from '../screen/fit-text';
import { showOrigin } from '../screen/show-origin';
import type { Said } from './approval-lines';
import type { AuditedStep } from './audit-run';

/** Why a step went as it did: what its pattern decided, who was chosen for it and out of whom, and what failed. */
export function whyLines(step: AuditedStep, said: Said): readonly string[] {
  const { state, outcome, routing, choice, origin, tier, undo, untrusted, refusedCalls, failure } = step;
  const overcome =
    state === 'done' || state === 'partial' || state === 'running' ? 'went on after' : 'failed';
  return [
    ...(outcome === undefined ? [] : [`decided: ${oneLine(outcome)}`]),
    ...(routing === undefined ? [] : routingLines(routing)),
    ...(choice === undefined
      ? []
      : [
          `chosen for "${choice.capability}": ${choice.agent}, ${oneLine(choice.reason)}; of ${choice.candidates.map((each) => `${each.agent} (${each.tier}, weight ${each.weight})`).join(', ')}`,
        ]),
    ...(origin === undefined ? [] : [`from the registry: ${showOrigin(origin)}, ${oneLine(origin.reason)}`]),
    ...(tier === undefined ? [] : [`tier by a rule on its input: ${tier}`]),
    ...(untrusted === undefined ? [] : [`had read what is untrusted: ${untrusted.map(oneLine).join(', ')}`]),
    ...(refusedCalls === undefined ? [] : [`calls refused before they ran: ${refusedCalls}`]),
    ...(failure === undefined ? [] : [`${overcome}: ${failure.type}: ${said(failure.message)}`]),
    ...(undo === undefined
      ? []
      : [undo === 'undone' ? 'all that it had done was undone' : 'not all that it had done was undone']),
  ].map((line) => `  ${line}`);
}

function routingLines({ route, by, confidence, opinions }: Routing): readonly string[] {
  const sure = confidence === undefined ? '' : ` (${confidence.toFixed(2)})`;
  const chosen = route === null ? 'nobody was sure: the fallback' : `${route}, by ${by ?? 'nobody'}${sure}`;
  return [
    `route: ${chosen}`,
    ...opinions.map(
      (opinion) =>
        `  ${opinion.by}: ${opinion.candidates.map((each) => `${each.route} ${each.confidence.toFixed(2)}`).join(', ') || 'nothing'}`,
    ),
  ];
}
