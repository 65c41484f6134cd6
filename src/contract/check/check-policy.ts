import { mayBeHeld } from '../approvals/judge-call';
import type { ApprovalTerms } from '../team/step';
import { unknownTool } from './check-names';
import { checkTerms } from './check-terms';
import { type Findings, knownTool, type Scope } from './findings';
import type { Place } from './mistake';
import { didYouMean, listed } from './suggest';

/** What a policy names exists, its people can be asked, and a packed agent that it may hold back is told of. */
export function checkPolicy(scope: Scope, found: Findings): void {
  const { team, place } = scope;
  if (team.approvals !== undefined) checkWho(team.approvals, [...place, 'approvals'], { scope, found });
  for (const [index, rule] of (team.policy?.rules ?? []).entries()) {
    const at = [...place, 'policy', 'rules', index];
    checkNamed(rule, at, { scope, found });
    if (rule.terms !== undefined) checkWho(rule.terms, [...at, 'terms'], { scope, found });
    for (const [field, value] of Object.entries({ terms: rule.terms, remember: rule.remember }))
      if (value !== undefined && rule.verdict !== 'ask')
        found.mistake(
          [...at, field],
          `says how a person is asked, and the rule asks nobody (${rule.verdict}).`,
        );
  }
  checkPacked(scope, found);
}

interface Checking {
  readonly scope: Scope;
  readonly found: Findings;
}

type Named = Readonly<Record<'tools' | 'agents' | 'roles', readonly string[] | undefined>>;

/** Names in a policy that nothing bears would be rules that never hold, and nobody would notice. */
function checkNamed(
  { tools, agents, roles }: Partial<Named>,
  at: Place,
  { scope: { team, options }, found }: Checking,
): void {
  // A sub-team's agents and roles are below this policy too.
  const below = [team, ...Object.values(team.teams)];
  const known = {
    agents: below.flatMap((each) => Object.keys(each.agents)),
    roles: below.flatMap((each) => Object.keys(each.roles)),
  };
  for (const [index, tool] of (tools ?? []).entries())
    if (options.tools !== undefined && knownTool(tool, options) === undefined)
      found.mistake([...at, 'tools', index], unknownTool(tool, options.tools));
  for (const [field, names] of [['agents', agents ?? []] as const, ['roles', roles ?? []] as const])
    for (const [index, name] of names.entries())
      if (!known[field].includes(name))
        found.mistake(
          [...at, field, index],
          `names the unknown ${field.slice(0, -1)} "${name}".${didYouMean(name, known[field])} There are: ${listed(known[field])}.`,
        );
}

/** People are asked, never agents: what asks for something may not approve it. */
function checkWho(terms: ApprovalTerms, at: Place, { scope: { team }, found }: Checking): void {
  checkTerms(terms, at, found);
  const asked = [
    ...terms.approvers.map((name, index) => ({ name, place: ['approvers', index] })),
    ...terms.escalate.flatMap(({ to }, step) =>
      to.map((name, index) => ({ name, place: ['escalate', step, 'to', index] })),
    ),
  ];
  for (const { name, place } of asked)
    if (Object.hasOwn(team.agents, name))
      found.mistake(
        [...at, ...place],
        `is the agent "${name}": no agent may approve what agents do. Name a person.`,
      );
}

function checkPacked({ team, place }: Scope, found: Findings): void {
  const { policy } = team;
  if (policy === undefined) return;
  for (const [name, { mode, tools, role }] of Object.entries(team.agents)) {
    const caller = { agent: name, ...(role === undefined ? {} : { role }) };
    // Only safe reads may be packed, whatever the worker's tools turn out to be.
    const held = tools.filter((tool) => mayBeHeld([policy], { tool, effect: 'read', ...caller }));
    if (mode === 'packed' && held.length > 0)
      found.warning(
        [...place, 'agents', name, 'mode'],
        `is packed, and the policy may hold calls of ${listed(held)}: the agent will run stepwise.`,
      );
  }
}
