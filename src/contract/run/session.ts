import type { GivenOversight } from '../approvals/oversight';
import type { Usage } from '../cost/usage';
import type { Json } from '../json';
import type { StepPath } from '../team/step-path';
import type { Team } from '../team/team';
import type { Value } from '../value';
import type { RunSettings } from './run';
import type { ViewFailure } from './view';

/** Version of the shapes in this file. A worker refuses a format that it doesn't know. 1: the first. */
export const SESSION_FORMAT = 1;

export interface SessionInput {
  readonly format: typeof SESSION_FORMAT;
  /** Answers each message, in a run of its own; checked, defaults filled in, growth planned. */
  readonly team: Team;
  /** Sums up what has grown long: a team of one light agent. */
  readonly summariser: Team;
  readonly settings: RunSettings;
  readonly terms: SessionTerms;
  readonly tenant?: string;
  readonly identity?: Json;
  /** Who watches over the runs that answer, beside what the team says. */
  readonly oversight?: GivenOversight;
  /** Present where the session goes on in a new execution. */
  readonly continued?: SessionState;
}

export interface SessionTerms {
  /** Silence after which the session ends, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** The same while a person has the conversation. */
  readonly heldTimeoutMs: number;
  /** Updates after which it goes on in a new execution; from four fifths of them on it does so at the first quiet moment. */
  readonly maxUpdates: number;
  /** Entries of the conversation after which all but the last `keepEntries` are summed up before the next message. */
  readonly compactAfter: number;
  readonly keepEntries: number;
}

/** One thing said. */
export interface SessionEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly from: 'user' | 'team' | 'person';
  /** The person's name. */
  readonly by?: string;
  readonly text: Value;
  /** The run that answered. */
  readonly run?: string;
  /** Why there is no answer; `text` is then null. */
  readonly failure?: ViewFailure;
}

/** Who has the conversation in the team's place. */
export interface Hold {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Absent where the team asked for a person and nobody has come yet. */
  readonly by?: string;
  readonly reason?: string;
}

/** A message on its way. Its id makes it one message however often it is sent. */
export interface SessionMessage {
  readonly id: string;
  readonly text: Value;
}

export interface PersonMessage extends SessionMessage {
  readonly by: string;
}

export interface HandOver {
  readonly by: string;
  readonly reason?: string;
}

/** What became of a message. */
export interface SessionAnswer {
  /** Number of the message, from 1. */
  readonly turn: number;
  /** `held`: it is kept for the person who has the conversation. */
  readonly state: 'answered' | 'held';
  /** The run that answered it. */
  readonly run?: string;
  /** Absent where it is held, and where the same message was answered in an earlier execution: the run still has it. */
  readonly output?: Value;
  readonly missing?: readonly StepPath[];
}

/** An answered message as it is remembered, so that nobody is asked twice. */
export interface Answered extends Pick<SessionAnswer, 'turn' | 'state' | 'run'> {
  readonly failure?: ViewFailure;
}

/** All that a session is, between two messages. */
export interface SessionState {
  readonly startedAt: number;
  /** When somebody last said something. */
  readonly lastAt: number;
  /** The end of the conversation. */
  readonly entries: readonly SessionEntry[];
  /** What came before, in stretches, as stored lists of entries. */
  readonly archive: readonly Value[];
  /** Of the archive. */
  readonly summary?: Value;
  /** Messages so far. */
  readonly turns: number;
  /** Times that the older part was to be summed up. */
  readonly summings: number;
  /** Answered messages by id, oldest first; at most {@link REMEMBERED_ANSWERS}. */
  readonly answered: readonly (readonly [string, Answered])[];
  readonly identity?: Json;
  readonly held?: Hold;
  readonly usage: Usage;
  /** Untrusted tools whose output may be in what was said; absent where there is none. */
  readonly untrusted?: readonly string[];
}

/** What the `session` query answers. */
export interface SessionView extends Omit<SessionState, 'answered'> {
  readonly session: string;
  readonly team: string;
  readonly state: 'open' | 'held' | 'closed';
}

export interface SessionResult {
  readonly session: string;
  readonly endedBy: 'closed' | 'idle';
  readonly turns: number;
  readonly usage: Usage;
}

/** Ids that outlive a switch: more than can be answered between two of them. */
export const REMEMBERED_ANSWERS = 1500;

export const SESSION_DEFAULTS = {
  idleTimeout: '30m',
  heldTimeout: '72h',
  /** Temporal takes 2,000 updates in one execution. */
  maxUpdates: 1500,
  compactAfter: 60,
  keepEntries: 20,
} as const;
