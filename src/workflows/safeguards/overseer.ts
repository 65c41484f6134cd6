import { DEFAULT_TERMS } from '../../contract/default-terms';
import type { Permit } from '../../contract/held-call';
import type { Json } from '../../contract/json';
import type { Oversight } from '../../contract/oversight';
import { DEFAULT_POLICY, type Policy } from '../../contract/policy';
import type { PreparedRun } from '../../contract/run';
import type { ApprovalTerms } from '../../contract/step';
import { definitionPath, type StepPath } from '../../contract/step-path';
import type { Team } from '../../contract/team';
import { inline, type Value } from '../../contract/value';

/** Who watches over one execution: the policies in force, and the people who are asked where no step names any. */
export class Overseer {
  private kept: Promise<Value> | undefined;

  constructor(
    readonly given: Oversight,
    /** One list for all that this execution makes of itself; a new approval is known at once everywhere in it. */
    private readonly memory: Permit[] = [...(given.remembered ?? [])],
  ) {}

  get policies(): readonly Policy[] {
    return this.given.policies ?? [];
  }

  get terms(): ApprovalTerms {
    return this.given.terms ?? DEFAULT_TERMS;
  }

  /** The policies as a guard brings them to the worker; `keep` stores what is too large for every call's history, once. */
  policyValue(keep: (value: Value) => Promise<Value>): Promise<Value> {
    const policies = this.policies.length === 0 ? [DEFAULT_POLICY] : this.policies;
    this.kept ??= keep(inline(policies as unknown as Json));
    return this.kept;
  }

  remembered(tool: string): readonly Permit[] {
    return this.memory.filter(({ bound }) => bound.call?.tool === tool);
  }

  remember(permits: readonly Permit[]): void {
    for (const permit of permits)
      if (this.memory.every(({ approval }) => approval !== permit.approval)) this.memory.push(permit);
  }

  /** The same for the steps of a sub-team: its policy is in force too, and its people are asked first. */
  below({ policy, approvals }: Pick<Team, 'policy' | 'approvals'>): Overseer {
    if (policy === undefined && approvals === undefined) return this;
    const policies = policy === undefined ? this.policies : [...this.policies, policy];
    return new Overseer(
      { ...this.given, policies, ...(approvals === undefined ? {} : { terms: approvals }) },
      this.memory,
    );
  }

  /** The same for the step at a path, in whichever sub-team it stands. */
  at(path: StepPath, { teams }: Pick<PreparedRun, 'teams'>): Overseer {
    const at = definitionPath(path);
    const sub = Object.entries(teams ?? {}).find(([above]) => at.startsWith(`${above}/`))?.[1];
    return sub === undefined ? this : this.below(sub).at(path, sub.prepared);
  }

  /** What a child execution, or the one that goes on from this, is told; undefined where there is nothing to tell. */
  told(): Oversight | undefined {
    const remembered = this.memory;
    const told = { ...this.given, ...(remembered.length === 0 ? {} : { remembered: [...remembered] }) };
    return Object.keys(told).length === 0 ? undefined : told;
  }
}
