import type { Json } from '../../contract/json';
import { answerKey } from '../../contract/run/ballots';

export const MESSAGE_TYPES = ['propose', 'agree', 'object', 'ask', 'tell'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** Recipient of a message to all other members. */
export const EVERYBODY = 'all';

/** A message as a member writes it. */
export interface Draft {
  readonly to: string;
  readonly type: MessageType;
  readonly payload: Json;
  /** 0 to 9; higher is read first. @default 0 */
  readonly priority?: number;
  /** Id of the message that this one answers. */
  readonly parent?: string;
}

/** A message as it is delivered: `m1`, `m2`, … in the order in which they were sent. */
export interface Message {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly type: MessageType;
  readonly payload: Json;
  readonly metadata: { readonly round: number; readonly priority: number; readonly parent?: string };
}

/**
 * The mailboxes of members, and all that was ever sent. Pure: the same drafts in the same order give the same ids and
 * the same boxes.
 */
export class MailRoom {
  private readonly boxes: ReadonlyMap<string, Message[]>;
  private readonly sent: Message[] = [];

  constructor(private readonly members: readonly string[]) {
    this.boxes = new Map(members.map((member) => [member, []]));
  }

  /** Delivers what one member wrote in a round. Nobody gets mail from themselves. */
  post(from: string, round: number, drafts: readonly Draft[]): void {
    for (const { to, type, payload, priority = 0, parent } of drafts) {
      const metadata = { round, priority, ...(parent === undefined ? {} : { parent }) };
      const message = { id: `m${this.sent.length + 1}`, from, to, type, payload, metadata };
      this.sent.push(message);
      for (const member of to === EVERYBODY ? this.members : [to])
        if (member !== from) this.boxes.get(member)?.push(message);
    }
  }

  /** Empties a member's box: the most urgent first, else in the order in which they were sent. */
  take(member: string): readonly Message[] {
    const box = this.boxes.get(member) ?? [];
    // Sorting is stable, so equals stay in the order of sending.
    return box.splice(0).sort((left, right) => right.metadata.priority - left.metadata.priority);
  }

  hasMail(member: string): boolean {
    return (this.boxes.get(member)?.length ?? 0) > 0;
  }

  messages(): readonly Message[] {
    return this.sent;
  }

  /**
   * The newest proposal that every other member agrees to. Each member's last word on a proposal counts; an `agree` or
   * `object` that names no parent is about the newest proposal of somebody else at that time.
   */
  agreedProposal(): Message | undefined {
    const proposals = new Map<string, { proposal: Message; agreeing: Set<string> }>();
    for (const message of this.sent) {
      if (message.type === 'propose') proposals.set(message.id, { proposal: message, agreeing: new Set() });
      if (message.type !== 'agree' && message.type !== 'object') continue;
      const about = message.metadata.parent ?? newestOfOthers(proposals, message.from);
      const agreeing = about === undefined ? undefined : proposals.get(about)?.agreeing;
      if (message.type === 'agree') agreeing?.add(message.from);
      else agreeing?.delete(message.from);
    }
    return [...proposals.values()]
      .reverse()
      .find(({ proposal, agreeing }) =>
        this.members.every((member) => member === proposal.from || agreeing.has(member)),
      )?.proposal;
  }
}

function newestOfOthers(
  proposals: ReadonlyMap<string, { readonly proposal: Message }>,
  from: string,
): string | undefined {
  return [...proposals.values()].reverse().find(({ proposal }) => proposal.from !== from)?.proposal.id;
}

/** The answer that all members give, compared as votes are; undefined where one differs or has none. */
export function commonAnswer(
  members: readonly string[],
  answers: ReadonlyMap<string, Json>,
): Json | undefined {
  const [first] = members;
  const answer = first === undefined ? undefined : answers.get(first);
  if (answer === undefined) return undefined;
  const key = answerKey(answer);
  const same = members.every((member) => {
    const given = answers.get(member);
    return given !== undefined && answerKey(given) === key;
  });
  return same ? answer : undefined;
}
