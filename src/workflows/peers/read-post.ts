import type { Json } from '../../contract/json';
import { type AnswerForm, isObject } from '../steps/read-answer';
import { type Draft, EVERYBODY, MESSAGE_TYPES, type MessageType } from './mail-room';

/** What a member says in a round. */
export interface Post {
  readonly messages: readonly Draft[];
  /** What it holds to be the answer by now. */
  readonly answer?: Json;
}

/** The form of what members say. */
export function postForm(members: readonly string[]): AnswerForm<Post> {
  return {
    what: 'the messages of a member',
    needs: `{ messages: [{ to: one of ${[...members, EVERYBODY].join(', ')}, type: one of ${MESSAGE_TYPES.join(', ')}, payload, priority?: 0 to 9, parent?: id }], answer? }`,
    read: ({ messages, answer }) => {
      if (!Array.isArray(messages)) return undefined;
      const drafts = (messages as readonly Json[]).map((raw) => draftOf(raw, members));
      const read = drafts.filter((draft) => draft !== undefined);
      if (read.length < drafts.length) return undefined;
      return {
        messages: read,
        ...(answer === undefined || answer === null || answer === '' ? {} : { answer }),
      };
    },
  };
}

function draftOf(raw: Json, members: readonly string[]): Draft | undefined {
  if (!isObject(raw)) return undefined;
  const { to, type, payload, priority, parent } = raw;
  if (typeof to !== 'string' || (to !== EVERYBODY && !members.includes(to))) return undefined;
  if (!isType(type) || payload === undefined) return undefined;
  if (priority !== undefined && (typeof priority !== 'number' || priority < 0 || priority > 9))
    return undefined;
  if (parent !== undefined && typeof parent !== 'string') return undefined;
  return {
    to,
    type,
    payload,
    ...(priority === undefined ? {} : { priority }),
    // Models write an empty text where they mean none.
    ...(parent === undefined || parent === '' ? {} : { parent }),
  };
}

function isType(type: Json | undefined): type is MessageType {
  return MESSAGE_TYPES.some((known) => known === type);
}
