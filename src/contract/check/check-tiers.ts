import { tiersFor } from '../team/tiers';
import type { Findings, Scope } from './findings';
import { didYouMean, listed } from './suggest';

/** Rules on tiers: that each can come to decide, and names what there is. */
export function checkTiers({ team, place }: Scope, found: Findings): void {
  const { tiers = [] } = team;
  const agents = [
    ...Object.values(team.agents),
    ...Object.values(team.teams).flatMap((sub) => Object.values(sub.agents)),
  ];
  const known = new Set(agents.flatMap(({ capabilities }) => capabilities));
  for (const [index, { kind, capability }] of tiers.entries()) {
    const at = [...place, 'tiers', index];
    if (capability !== undefined && !known.has(capability))
      found.mistake(
        [...at, 'capability'],
        `names "${capability}", which no agent has.${didYouMean(capability, known)} The capabilities are: ${listed(known)}.`,
      );
    const covers = tiers
      .slice(0, index)
      .findIndex(
        (before) =>
          before.when === undefined &&
          (before.kind ?? kind) === kind &&
          (before.capability ?? capability) === capability,
      );
    if (covers >= 0)
      found.mistake(
        at,
        `never decides: rule ${covers} before it covers all that it does. Change their order.`,
      );
  }
  if (tiers.length === 0) return;
  for (const [name, agent] of Object.entries(team.agents))
    if (tiersFor(agent, 'agent', tiers) === undefined)
      found.warning([...place, 'agents', name, 'model'], 'is kept whatever the rules on tiers say.');
}
