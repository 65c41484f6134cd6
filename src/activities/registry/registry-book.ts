import {
  type AgentFigures,
  addFigures,
  CANARY_DEFAULTS,
  CANARY_STAGES,
  type Canary,
  MAX_VERSIONS,
  NO_FIGURES,
  pageOf,
  RECENT_USES,
  type RegisteredAgent,
  type RegisteredVersion,
  type RegistryChange,
  type RegistryPage,
  type VersionState,
} from '../../contract/registry/registry';
import type {
  AgentReport,
  Registration,
  RetireRequest,
  ScoreRequest,
  WeighRequest,
} from '../../contract/registry/registry-messages';
import type { AgentDefinition } from '../../contract/team/agent';
import { judgeCanary, percent } from './judge-canary';

/** A registration with the definition that it names. */
export interface DefinedRegistration extends Registration {
  readonly agent: AgentDefinition;
}

/** The agents of some of a registry's pages: those that a set of changes is about. */
export class RegistryBook {
  readonly changes: RegistryChange[] = [];
  private readonly pages: ReadonlyMap<number, Map<string, RegisteredAgent>>;
  private readonly touched = new Set<number>();

  /** With how many agents all pages have. */
  constructor(
    pages: ReadonlyMap<number, RegistryPage>,
    public size: number,
  ) {
    this.pages = new Map([...pages].map(([page, agents]) => [page, new Map(Object.entries(agents))]));
  }

  find(name: string): RegisteredAgent | undefined {
    return this.pages.get(pageOf(name))?.get(name);
  }

  /**
   * A new agent, or a new version of one: on trial, or for all new runs at once. Registering the same version with the
   * same definition again changes nothing, but that `now` makes it the current one.
   */
  register(registration: DefinedRegistration, { at, by }: Stamp): void {
    const { name } = registration;
    const { version, capabilities, tier, model } = registration.agent;
    const known = this.find(name);
    const atOnce = known === undefined || registration.now === true;
    const isThere = known?.versions.some((each) => each.version === version) === true;
    if (isThere && (!atOnce || known.current === version)) return;
    const added: RegisteredVersion = {
      version,
      definition: registration.definition,
      state: 'canary',
      registeredAt: at,
      ...(by === undefined ? {} : { by }),
      capabilities,
      tier,
      ...(model === undefined ? {} : { model }),
      figures: NO_FIGURES,
    };
    const agent: RegisteredAgent = {
      name,
      current: known?.current ?? version,
      recent: known?.recent ?? noneYet(at),
      ...(known?.canary === undefined ? {} : { canary: known.canary }),
      weight: registration.weight ?? known?.weight ?? 1,
      versions: isThere ? known.versions : roomFor([...(known?.versions ?? []), added]),
    };
    this.keep(atOnce ? succeeded(agent, version, at) : { ...agent, canary: trialOf(registration) });
    const detail = atOnce ? 'all new runs' : `canary at ${percent(CANARY_STAGES[0])}`;
    this.note({ at, agent: name, version, what: 'registered', detail, by });
  }

  /** A whole agent is forgotten: runs that hold it keep it, new ones do not find it. */
  retire({ agent: name, version }: RetireRequest, { at, by }: Stamp): void {
    const agent = this.find(name);
    if (agent === undefined) return;
    if (version === undefined) this.drop(name);
    else {
      const { canary, ...rest } = withState(agent, version, 'retired');
      this.keep(canary === undefined || canary.version === version ? rest : { ...rest, canary });
    }
    this.note({ at, agent: name, version, what: 'retired', by });
  }

  weigh({ agent: name, weight }: WeighRequest, { at, by }: Stamp): void {
    const agent = this.find(name);
    if (agent === undefined) return;
    this.keep({ ...agent, weight });
    this.note({ at, agent: name, what: 'weighed', detail: `${agent.weight} to ${weight}`, by });
  }

  score({ agent, version, score }: ScoreRequest, { at, by }: Stamp): void {
    this.note({ at, agent, version, what: 'scored', detail: score.toFixed(3), by });
    this.hear({ agent, version, figures: { ...NO_FIGURES, scores: 1, scored: score } }, at);
  }

  /** What a run tells of a version counts for it, and may end its trial. A version that is gone counts for nobody. */
  hear({ agent: name, version, figures }: AgentReport, at: number): void {
    const agent = this.find(name);
    if (agent === undefined) return;
    const { canary } = agent;
    const heard: RegisteredAgent = {
      ...agent,
      versions: agent.versions.map((each) =>
        each.version === version ? { ...each, figures: addFigures(each.figures, figures) } : each,
      ),
      ...(version === agent.current ? { recent: recentWith(agent, figures, at) } : {}),
    };
    if (canary === undefined) this.keep(heard);
    else if (version === canary.version)
      this.judge({ ...heard, canary: { ...canary, figures: addFigures(canary.figures, figures) } }, at);
    else if (version === agent.current)
      this.keep({ ...heard, canary: { ...canary, baseline: addFigures(canary.baseline, figures) } });
    else this.keep(heard);
  }

  /** The pages that changed, as they are now. */
  changed(): ReadonlyMap<number, RegistryPage> {
    return new Map([...this.touched].map((page) => [page, Object.fromEntries(this.pages.get(page) ?? [])]));
  }

  private judge(agent: RegisteredAgent, at: number): void {
    const { canary, ...rest } = agent;
    if (canary === undefined) return;
    const { version } = canary;
    const verdict = judgeCanary(canary);
    if (verdict.go === 'wait') this.keep(agent);
    else if (verdict.go === 'back') {
      this.keep(withState(rest, version, 'rolledBack'));
      this.note({ at, agent: agent.name, version, what: 'rolledBack', detail: verdict.why });
    } else {
      const stage = canary.stage + 1;
      this.keep(
        stage < CANARY_STAGES.length
          ? { ...agent, canary: { ...canary, stage, figures: NO_FIGURES } }
          : succeeded(rest, version, at),
      );
      this.note({ at, agent: agent.name, version, what: 'promoted', detail: `to ${verdict.to}` });
    }
  }

  private keep(agent: RegisteredAgent): void {
    const page = pageOf(agent.name);
    const agents = this.pages.get(page);
    if (agents === undefined) throw new Error(`page ${page} of the registry was not loaded`);
    if (!agents.has(agent.name)) this.size += 1;
    agents.set(agent.name, agent);
    this.touched.add(page);
  }

  private drop(name: string): void {
    const page = pageOf(name);
    if (this.pages.get(page)?.delete(name) !== true) return;
    this.size -= 1;
    this.touched.add(page);
  }

  private note({ by, version, ...change }: Omit<RegistryChange, 'by' | 'version'> & Optional): void {
    this.changes.push({
      ...change,
      ...(version === undefined ? {} : { version }),
      ...(by === undefined ? {} : { by }),
    });
  }
}

interface Optional {
  readonly by?: string | undefined;
  readonly version?: string | undefined;
}

/** When, in milliseconds since the epoch, and by whom. */
export interface Stamp {
  readonly at: number;
  readonly by?: string | undefined;
}

function trialOf({ agent, canary }: DefinedRegistration): Canary {
  return {
    version: agent.version,
    stage: 0,
    terms: { ...CANARY_DEFAULTS, ...canary },
    figures: NO_FIGURES,
    baseline: NO_FIGURES,
  };
}

function noneYet(at: number): RegisteredAgent['recent'] {
  return { uses: 0, failed: 0, at };
}

function recentWith(
  { recent }: RegisteredAgent,
  figures: AgentFigures,
  at: number,
): RegisteredAgent['recent'] {
  if (figures.uses === 0) return recent;
  const fade = recent.uses >= RECENT_USES ? 0.5 : 1;
  return { uses: recent.uses * fade + figures.uses, failed: recent.failed * fade + figures.failed, at };
}

function withState(agent: RegisteredAgent, version: string, state: VersionState): RegisteredAgent {
  return {
    ...agent,
    versions: agent.versions.map((each) => (each.version === version ? { ...each, state } : each)),
  };
}

/** The agent with that version as the one that all new runs get; whatever was on trial is not any more. */
function succeeded(agent: RegisteredAgent, version: string, at: number): RegisteredAgent {
  const trial = agent.canary?.version ?? version;
  const former = withState(withState(agent, agent.current, 'former'), trial, 'former');
  const { canary: _, ...rest } = withState(former, version, 'current');
  return { ...rest, current: version, recent: noneYet(at) };
}

function roomFor(versions: readonly RegisteredVersion[]): readonly RegisteredVersion[] {
  if (versions.length <= MAX_VERSIONS) return versions;
  const oldest = versions.findIndex(({ state }) => state !== 'current' && state !== 'canary');
  return versions.filter((_, index) => index !== oldest);
}
