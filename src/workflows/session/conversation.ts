import { addUsage, NO_USAGE, type Usage } from '../../contract/cost/usage';
import type { Json } from '../../contract/json';
import {
  type Answered,
  type Hold,
  REMEMBERED_ANSWERS,
  type SessionEntry,
  type SessionState,
} from '../../contract/run/session';
import { inline, type Value } from '../../contract/value';

/** What was said in a session, by whom, and what became of every message. Plain state: it goes on in the next execution. */
export class Conversation {
  readonly startedAt: number;
  lastAt: number;
  identity: Json | undefined;
  held: Hold | undefined;
  turns: number;
  summings: number;
  /** Untrusted tools whose output may be in what was said. */
  untrusted: readonly string[];
  private usage: Usage;
  private entries: readonly SessionEntry[];
  private archive: readonly Value[];
  private summary: Value | undefined;
  private readonly answered: Map<string, Answered>;

  constructor(carried: SessionState | undefined, identity: Json | undefined) {
    this.startedAt = carried?.startedAt ?? Date.now();
    this.lastAt = carried?.lastAt ?? this.startedAt;
    this.identity = carried === undefined ? identity : carried.identity;
    this.held = carried?.held;
    this.turns = carried?.turns ?? 0;
    this.summings = carried?.summings ?? 0;
    this.untrusted = carried?.untrusted ?? [];
    this.usage = carried?.usage ?? NO_USAGE;
    this.entries = carried?.entries ?? [];
    this.archive = carried?.archive ?? [];
    this.summary = carried?.summary;
    this.answered = new Map(carried?.answered);
  }

  add(entry: Omit<SessionEntry, 'at'>): void {
    this.lastAt = Date.now();
    this.entries = [...this.entries, { at: this.lastAt, ...entry }];
  }

  spend(usage: Usage): void {
    this.usage = addUsage(this.usage, usage);
  }

  takeIn(untrusted: readonly string[] = []): void {
    this.untrusted = [...new Set([...this.untrusted, ...untrusted])];
  }

  known(id: string): Answered | undefined {
    return this.answered.get(id);
  }

  remember(id: string, answered: Answered): void {
    this.answered.set(id, answered);
    for (const oldest of this.answered.keys()) {
      if (this.answered.size <= REMEMBERED_ANSWERS) break;
      this.answered.delete(oldest);
    }
  }

  /** The output that a run gave, where it still stands in the conversation. */
  outputOf(run: string | undefined): Value | undefined {
    return this.entries.find((entry) => entry.run !== undefined && entry.run === run)?.text;
  }

  /** What the team is given with a message: `{ session, identity, summary, conversation, message }`. */
  inputFor(session: string, message: Value): Value {
    return {
      record: {
        session: inline(session),
        identity: inline(this.identity ?? null),
        summary: this.summary ?? inline(null),
        conversation: { list: this.entries.map(spoken) },
        message,
      },
    };
  }

  get length(): number {
    return this.entries.length;
  }

  /** The older entries, to be summed up; the last `keep` stay as they are. */
  older(keep: number): Value {
    return { list: this.entries.slice(0, -keep).map(whole) };
  }

  toSumUp(older: Value): Value {
    return { record: { summary: this.summary ?? inline(null), conversation: older } };
  }

  summedUp(summary: Value, { archived, count }: { readonly archived: Value; readonly count: number }): void {
    this.summary = summary;
    this.archive = [...this.archive, archived];
    this.entries = this.entries.slice(count);
  }

  state(): SessionState {
    const { startedAt, lastAt, entries, archive, turns, summings, usage } = this;
    const { summary, identity, held, untrusted } = this;
    return {
      startedAt,
      lastAt,
      entries,
      archive,
      turns,
      summings,
      usage,
      answered: [...this.answered],
      ...(summary === undefined ? {} : { summary }),
      ...(identity === undefined ? {} : { identity }),
      ...(held === undefined ? {} : { held }),
      ...(untrusted.length === 0 ? {} : { untrusted }),
    };
  }
}

/** An entry as a model reads it. */
function spoken({ from, text, failure }: SessionEntry): Value {
  return {
    record: { from: inline(from), text: failure === undefined ? text : inline(`(failed: ${failure.type})`) },
  };
}

/** An entry with all that is known of it. */
function whole({ text, ...facts }: SessionEntry): Value {
  const known = Object.entries(facts).map(([name, fact]) => [name, inline(fact as unknown as Json)]);
  return { record: { ...Object.fromEntries(known), text } };
}
