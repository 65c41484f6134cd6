import { DEFAULT_TERMS } from '../../contract/approvals/default-terms';
import type { Permit } from '../../contract/approvals/held-call';
import type { Oversight } from '../../contract/approvals/oversight';
import type { PreparedRun } from '../../contract/run/run';
import type { ApprovalTerms } from '../../contract/team/step';
import { definitionPath, type StepPath } from '../../contract/team/step-path';
import type { Team } from '../../contract/team/team';

/** Who watches over one execution: the people who are asked where no step names any, and what they allowed for the rest of the run. */
export class Overseer {
  constructor(
    readonly given: Oversight,
    /** One list for all that this execution makes of itself; a new approval is known at once everywhere in it. */
    private readonly memory: Permit[] = [...(given.remembered ?? [])],
  ) {}

  get terms(): ApprovalTerms {
    return this.given.terms ?? DEFAULT_TERMS;
  }

  remembered(tool: string): readonly Permit[] {
    return this.memory.filter(({ bound }) => bound.call?.tool === tool);
  }

  /** Returns those that it did not know. */
  remember(permits: readonly Permit[]): readonly Permit[] {
    const fresh = notAmong(this.memory, permits);
    this.memory.push(...fresh);
    return fresh;
  }

  rememberedBeside(told: readonly Permit[] = []): readonly Permit[] {
    return notAmong(told, this.memory);
  }

  /** The same for the steps of a sub-team: its people are asked first. */
  below({ approvals }: Pick<Team, 'approvals'>): Overseer {
    if (approvals === undefined) return this;
    return new Overseer({ ...this.given, terms: approvals }, this.memory);
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

function notAmong(known: readonly Permit[], permits: readonly Permit[]): readonly Permit[] {
  return permits.filter((permit) => known.every(({ approval }) => approval !== permit.approval));
}
