import { randomUUID } from 'node:crypto';
import type { Json } from '../contract/json';
import { SESSION_QUERY } from '../contract/names';
import type {
  HandOver,
  SessionAnswer,
  SessionEntry,
  SessionMessage,
  SessionView,
} from '../contract/run/session';
import { resolveValue } from '../threads/resolve-value';
import type { ClientContext } from './client-context';
import { inputValue } from './input-value';
import { queryWorkflow } from './query-workflow';
import { result } from './result';
import { updateSession } from './update-session';

/** What became of a message, with the answer read from the store. */
export interface Answer extends Omit<SessionAnswer, 'output'> {
  /** Absent where a person has the conversation. */
  readonly output?: Json;
}

/** One thing said, read from the store. */
export interface HistoryEntry extends Omit<SessionEntry, 'text'> {
  readonly text: Json;
}

/** A session as it stands, with everything that was ever said in it. */
export interface SessionHistory extends Omit<SessionView, 'entries' | 'archive' | 'summary'> {
  readonly entries: readonly HistoryEntry[];
  /** Of all but the last entries; null before anything was summed up. */
  readonly summary: Json;
}

export interface Sent {
  /** Makes the message one, however often it is sent, by whomever. @default a random one */
  readonly id?: string;
}

/** A long conversation, by its id. Every verb throws SessionOver, RunNotFound, NoWorker, TemporalUnreachable. */
export interface Session {
  readonly id: string;
  /**
   * Says something to the team and returns its answer. Messages are answered in the order in which they come. Throws the
   * failure of the run that was to answer.
   */
  say(text: Json, sent?: Sent): Promise<Answer>;
  /** What was said, oldest first. */
  history(): Promise<SessionHistory>;
  /** Gives the conversation to a person: from now on messages are kept for them and not answered. */
  handOver(to: HandOver): Promise<void>;
  /** Says something as the person who has the conversation. Throws SessionRefused where the team has it. */
  reply(by: string, text: Json, sent?: Sent): Promise<void>;
  /** Gives the conversation back to the team, which sees what was said. Throws SessionRefused where it has it already. */
  handBack(by: string): Promise<void>;
  /** Says who the user is, once the caller has verified it. */
  identify(identity: Json): Promise<void>;
  /** Ends it once everything that was taken is answered. */
  close(): Promise<void>;
}

export function session(context: ClientContext, id: string): Session {
  const update = <Result>(name: Parameters<typeof updateSession>[2]['name'], arg: unknown = null) =>
    updateSession<Result>(context, id, { name, arg, id: randomUUID() });
  return {
    id,
    say: async (text, { id: message = randomUUID() } = {}) => {
      const said: SessionMessage = { id: message, text: await inputValue(text, context.contentOf(id)) };
      const sent = { name: 'say', arg: said, id: message } as const;
      return answer(context, await updateSession<SessionAnswer>(context, id, sent));
    },
    history: () => history(context, id),
    handOver: (to) => update('handOver', to),
    reply: async (by, text, { id: message = randomUUID() } = {}) => {
      const said = { id: message, by, text: await inputValue(text, context.contentOf(id)) };
      await updateSession(context, id, { name: 'reply', arg: said, id: message });
    },
    handBack: (by) => update('handBack', { by }),
    identify: (identity) => update('identify', identity),
    close: () => update('close'),
  };
}

async function answer(context: ClientContext, taken: SessionAnswer): Promise<Answer> {
  const { output, ...rest } = taken;
  if (rest.state === 'held' || rest.run === undefined) return rest;
  if (output !== undefined)
    return { ...rest, output: await resolveValue(output, context.contentOf(rest.run)) };
  return { ...rest, output: (await result(context, rest.run)).output };
}

async function history(context: ClientContext, id: string): Promise<SessionHistory> {
  const { archive, entries, summary, ...rest } = await queryWorkflow<SessionView>(context, id, SESSION_QUERY);
  const content = context.contentOf(id);
  const [past, present, summed] = await Promise.all([
    Promise.all(archive.map((stretch) => resolveValue(stretch, content))),
    Promise.all(entries.map(async (entry) => ({ ...entry, text: await resolveValue(entry.text, content) }))),
    summary === undefined ? null : resolveValue(summary, content),
  ]);
  const archived = past.flatMap((stretch) => stretch as unknown as readonly HistoryEntry[]);
  return { ...rest, entries: [...archived, ...present], summary: summed };
}
